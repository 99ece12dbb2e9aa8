"""Who may do what on a system, one class per noun over `base`; `access.Access` is all of them."""
