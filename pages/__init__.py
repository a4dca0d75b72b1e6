"""One page a concept, each at the same path as its demo."""
