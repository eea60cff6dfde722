"""Ten years of many people's data, lived through the real system and checked by other code."""
