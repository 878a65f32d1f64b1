"""Arrays that are read where they are looked at, whatever their values come from, and their planes."""
