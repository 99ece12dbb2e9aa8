"""The operations of `api.Service` over records, storage and the engine: the only place that wires them together."""
