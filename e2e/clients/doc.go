// Command clients lets real clients talk to a provider twice, directly and
// through asbru, and compares what they saw: the openai SDKs for Node and
// Python, and curl, with the stand-in provider; raw requests and both SDKs with
// a recorded one (see replay). What the provider received is compared too.
// `make clients` installs the SDKs and runs it.
//
// It refuses to know asbru from inside: it runs the binary and imports nothing of
// it. It installs nothing, and uses no network but loopback.
package main
