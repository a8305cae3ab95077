package config

import "testing"

func TestAuth(t *testing.T) {
	const at = "2: providers[0].auth"
	f := func(auth, want string) {
		t.Helper()
		tells(t, "providers:\n  - {name: cloud, type: openai, auth: "+auth+"}\n", want)
	}
	f("{type: azure-entra}", "")
	f("{type: azure-entra, client_id: a}", "")
	f("{type: azure-entra, tenant_id: contoso.com, client_id: a, client_secret: s}", "")
	f("{type: azure-entra, tenant_id: t, client_id: a, token_file: /x}", "")
	f("{type: azure-entra, tenant_id: t, client_secret: s}", at+": tenant_id, client_id and one of client_secret and token_file go together; hint: leave all of them out for the identity that the machine has")
	f("{type: azure-entra, tenant_id: t, client_id: a, client_secret: s, token_file: /x}", at+".token_file: cannot be set together with client_secret; hint: keep one of them")
	f("{type: azure-entra, tenant_id: a/b, client_id: a, client_secret: s}", at+`.tenant_id: "a/b" is not a tenant; hint: write the directory's id or domain`)
	f("{type: azure-entra, authority: 'http://login.test'}", at+".authority: is plain http: whoever is on the way to login.test could read the credential; hint: write https://")
	f("{type: azure-entra, authority: 'http://127.0.0.1:1', metadata_url: 'http://169.254.169.254'}", "")
	f("{type: azure-entra, clientid: a}", at+".clientid: unknown field; hint: did you mean client_id?")
	f("{type: azure-identity, tenant_id: t}", at+".tenant_id: is not a field of auth of type azure-identity; hint: it has client_id, scope, metadata_url")
	f("{type: google}", "")
	f("{type: google, credentials: x, scope: y}", "")
	f("{type: oauth, token_url: 'https://x/token', client_id: a, client_secret: s, basic: true}", "")
	f("{type: oauth}", at+".token_url: is missing: auth of type oauth needs it\n"+at+".client_id: is missing: auth of type oauth needs it\n"+at+".client_secret: is missing: auth of type oauth needs it")
	f("{type: oauth, token_url: 'https://u:p@x', client_id: a, client_secret: s}", at+".token_url: cannot hold a user or password; hint: put the credential in api_key")
	f("{type: ibm}", at+".credentials: is missing: auth of type ibm needs it")
	f("{type: ibm, credentials: k}", "")
	f("{type: azur-entra}", at+`.type: cannot be "azur-entra"; it is one of aws, azure-entra, azure-identity, google, ibm, oauth; hint: did you mean azure-entra?`)
	f("{}", at+".type: is missing: it says how to come by the credential; hint: it is one of aws, azure-entra, azure-identity, google, ibm, oauth")
	f("{type: aws}", at+`.type: a provider of type "openai" does not take the signature of AWS`)
	f("{type: google}, api_key: k", at+": cannot be set together with api_key or keys; hint: make it the auth of an entry in keys")
	tells(t, "providers:\n  - {name: cloud, type: openai, keys: [{auth: {type: google}}, {value: v}, {value: v, auth: {type: ibm}}]}\n",
		"2: providers[0].keys[2].auth: cannot be set together with value; hint: keep one of them\n2: providers[0].keys[2].auth.credentials: is missing: auth of type ibm needs it")
}

func TestAuthAWS(t *testing.T) {
	const at = "2: providers[0].auth"
	f := func(auth, want string) {
		t.Helper()
		tells(t, "providers:\n  - {name: cloud, type: bedrock, auth: "+auth+"}\n", want)
	}
	f("{}", "")
	f("{type: aws, region: eu-central-1, profile: dev}", "")
	f("{access_key: a, secret_key: b, session_token: c, role_arn: 'arn:aws:iam::1:role/x', external_id: e, session_name: n}", "")
	f("{token_file: /x, role_arn: 'arn:aws:iam::1:role/x'}", "")
	f("{type: oauth, token_url: 'https://x/token', client_id: a, client_secret: s}", "")
	f("{access_key: a}", at+".access_key: access_key and secret_key go together; hint: leave both out for the key that the machine has")
	f("{access_key: 'a b', secret_key: b}", at+".access_key: holds characters that no key has; hint: look for a space, a line break or a typographic quote that was pasted along")
	f("{session_token: a}", at+".session_token: belongs to an access_key, which is not set")
	f("{access_key: a, secret_key: b, profile: p}", at+".profile: cannot be set together with access_key; hint: keep one of them")
	f("{token_file: x, profile: p, role_arn: 'arn:x'}", at+".token_file: cannot be set together with access_key or profile; hint: keep one of them")
	f("{token_file: x}", at+".token_file: belongs to a role, and role_arn is not set; hint: set role_arn")
	f("{role_arn: role/x}", at+`.role_arn: "role/x" is not the name of a role; hint: write it as IAM shows it: arn:aws:iam::123456789012:role/NAME`)
	f("{region: eu.central}", at+`.region: "eu.central" is not a region; hint: such as eu-central-1`)
	tells(t, "providers: [{name: bedrock}]\n", `1: providers[0].api_key: provider "bedrock" requires a key; hint: write api_key: env.BEDROCK_API_KEY, or auth: {type: aws}`)
}
