"""Files on disk: held open, confined to a folder, unpacked, their pixels read where they lie."""
