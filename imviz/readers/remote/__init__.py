"""Images on the network, fetched so that no address leads into the machine's own network."""
