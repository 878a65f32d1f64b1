"""Tables of sources, from files and from the services that astronomers ask."""
