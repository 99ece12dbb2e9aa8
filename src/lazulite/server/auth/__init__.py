"""How a team's server tells callers apart: tokens, sessions of browsers, and the tokens of an issuer. `guard` is all of it."""
