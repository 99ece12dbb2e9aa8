"""Where jobs run: the protocol (`base`), the backends (one package each), and how one is found (`registry`)."""
