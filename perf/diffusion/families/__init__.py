"""One module an architecture: how its prompts are encoded and its network asked. Each has `build(parts) -> Network`."""
