"""Send messages: mail, syslog, webhook, MQTT and what apprise knows. Each send is bounded in time and raises one error.

Nothing is taken from the other end but whether it took the message.
"""
