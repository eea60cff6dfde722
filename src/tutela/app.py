"""Lists the rooms and wires them together; the only module that knows them all."""
