"""What a device sends about a visit, such as its address or its browser: only the items that the
policy declares, each with a term of its own, told by the operator's own server."""
