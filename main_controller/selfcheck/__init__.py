"""Is this console set up well, and does it keep what it should: findings made of facts, each with its remedy. Pure."""
