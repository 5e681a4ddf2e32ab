"""What is seen and told: whether orders took effect, what goes wrong on the bus, what converters do by themselves."""
