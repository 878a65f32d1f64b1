"""What is in memory already: arrays, NDData, open files, and objects of other packages."""
