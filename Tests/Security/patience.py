"""How long the hub of these tests waits for a slow client, in seconds."""
PATIENCE = 3
