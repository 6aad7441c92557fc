"""The engine side: an Okta-modelled org, a push engine, adapters, scenarios and their tools."""
