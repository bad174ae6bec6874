"""The device gateway: HJ 212 over TCP → journal → lake. Why it is built so: docs/gateway.md."""
