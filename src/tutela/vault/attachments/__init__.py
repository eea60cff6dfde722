"""Files in the vault: what they really are, cleaned of what nobody asked for, sealed in chunks."""
