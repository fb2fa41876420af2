"""Single sign-on per municipality: a person signs in where the municipality's people are known.

claims, assurance, mapping: pure, what a provider has said and what follows from it. addresses, sealing: what is
fetched, and how secrets are kept. oidc, saml, metadata: the two protocols. arriving: from claims to an account, or to
a refusal. begun, entering: what stands in the browser's session before and after.
"""
