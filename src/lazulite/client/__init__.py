"""`api.Service` over HTTP: the operations of a server, as if it were here."""
