// Command clients lets real clients talk to a provider twice, directly and
// through asbru, and compares what they saw: the openai SDKs for Node and
// Python, and curl, with the stand-in provider; raw requests and both SDKs with
// a recorded one (see replay). What the provider received is compared too. The recorded answers of
// Anthropic, Google, Cohere and AWS are compared raw, and as the objects of their own SDKs.
// `make clients` installs the SDKs and runs it.
//
// With -sdk it runs the suites of every SDK instead: `make sdk`. A suite is a program of
// the folder e2e/sdk/LANGUAGE: each node/suite*.mjs and python/suite*.py, and the program
// that is built of go. It is started with an asbru and a stand-in (see bench/standin) of its
// own and with these variables, the proxies and the vendors' own being cleared:
//
//	GATEWAY      http://127.0.0.1:PORT of asbru
//	SECURE       https://127.0.0.1:PORT of another one, which the certificates of
//	             SSL_CERT_FILE and NODE_EXTRA_CA_CERTS vouch for
//	KEY          the virtual key
//	UPSTREAM     the stand-in; GET /__requests there tells, and forgets, what it received
//	MODELS       {"FAMILY": "PREFIX"}: PREFIX and the name of a scenario is a model of that family
//	SHORT        1: only the SDK that stands for its language, a minute at most; else empty
//	SDK_MODULES  for Node: where the packages are
//
// It prints a line of JSON for each check, as [check] has it, and ends with status 0
// unless it could not run; what it writes to its standard error counts as a failure. A
// call that a family cannot express is "refused" when the SDK raised its own error of
// status 400 for it, and only where the suite knows that it cannot be expressed. A call that an
// SDK or its format has no way to make is skipped, with the reason; none is passed over in silence.
//
// It refuses to know asbru from inside: it runs the binary and imports nothing of
// it. It installs nothing, and uses no network but loopback.
package main
