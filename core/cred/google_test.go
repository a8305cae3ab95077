package cred

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// testKey is made once: it takes a while.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pemOf(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// creds makes a credentials file of alternating fields and values.
func creds(t *testing.T, pairs ...any) Secret {
	t.Helper()
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return NewSecret(string(b))
}

// google is a stand-in for the services of Google. A token says what it was issued for.
func google(t *testing.T) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		say := func(token string) {
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":3599,"token_type":"Bearer"}`, token)
		}
		f := r.Form
		switch r.URL.Path + " " + f.Get("grant_type") {
		case "/token urn:ietf:params:oauth:grant-type:jwt-bearer":
			if text := checkAssertion(f.Get("assertion"), "http://"+r.Host+"/token"); text != "" {
				w.WriteHeader(400)
				fmt.Fprintf(w, `{"error":"invalid_grant","error_description":%q}`, text)
				return
			}
			say("account")
		case "/token refresh_token":
			say("person:" + f.Get("client_id") + ":" + f.Get("client_secret") + ":" + f.Get("refresh_token"))
		case "/sts urn:ietf:params:oauth:grant-type:token-exchange":
			say("exchanged:" + f.Get("subject_token") + ":" + f.Get("audience") + ":" + f.Get("scope") + ":" + f.Get("options") + r.Header.Get("Authorization"))
		case "/subject ":
			fmt.Fprintf(w, `{"value":"%s"}`, r.Header.Get("X-Proof"))
		case "/computeMetadata/v1/instance/service-accounts/default/token ":
			if r.Header.Get("Metadata-Flavor") == "Google" {
				w.Header().Set("Metadata-Flavor", "Google")
				say("machine")
			}
		case "/impersonate ":
			var b struct{ Scope, Delegates []string }
			json.NewDecoder(r.Body).Decode(&b)
			fmt.Fprintf(w, `{"accessToken":%q,"expireTime":%q}`, strings.ReplaceAll(r.Header.Get("Authorization"), " ", "_")+"+"+strings.Join(append(b.Scope, b.Delegates...), ","), time.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano))
		default:
			w.WriteHeader(404)
		}
	})
}

// checkAssertion returns what is wrong with a token that testKey should have signed; empty: nothing.
func checkAssertion(text, audience string) string {
	head, rest, _ := strings.Cut(text, ".")
	body, sign, _ := strings.Cut(rest, ".")
	raw, err := base64.RawURLEncoding.DecodeString(sign)
	sum := sha256.Sum256([]byte(head + "." + body))
	if err != nil || rsa.VerifyPKCS1v15(&testKey().PublicKey, crypto.SHA256, sum[:], raw) != nil {
		return "the signature is wrong"
	}
	h, _ := base64.RawURLEncoding.DecodeString(head)
	if string(h) != `{"alg":"RS256","kid":"k1","typ":"JWT"}` {
		return "the header is " + string(h)
	}
	var c struct {
		Iss, Scope, Aud string
		Iat, Exp        int64
	}
	b, _ := base64.RawURLEncoding.DecodeString(body)
	if json.Unmarshal(b, &c) != nil || c.Iss != "bot@p.test" || c.Scope != GoogleScope || c.Aud != audience ||
		c.Exp-c.Iat != 3600 || time.Since(time.Unix(c.Iat, 0)).Abs() > time.Minute {
		return "the claims are " + string(b)
	}
	return ""
}

func TestGoogle(t *testing.T) {
	url := google(t)
	token := file(t, "subject", "sub1\n")
	account := creds(t, "type", "service_account", "client_email", "bot@p.test", "private_key_id", "k1", "private_key", pemOf(t, testKey()), "token_uri", url+"/token")
	person := creds(t, "type", "authorized_user", "client_id", "c", "client_secret", "s", "refresh_token", "r", "quota_project_id", "paying", "token_uri", url+"/token")
	exchange := []any{"type", "external_account", "audience", "aud", "subject_token_type", "urn:ietf:params:oauth:token-type:jwt", "token_url", url + "/sts"}
	f := func(s Spec, o Options, want string) {
		t.Helper()
		g := must(t, s, o)
		if got := strings.TrimPrefix(string(g.lines), "Authorization: Bearer "); got != want+"\r\n" {
			t.Errorf("got %q, want %q", got, want)
		}
		lives(t, g, time.Hour)
	}
	f(Google{JSON: account}, Options{}, "account")
	f(Google{JSON: person}, Options{}, "person:c:s:r\r\nX-Goog-User-Project: paying")
	f(Google{JSON: creds(t, append(exchange, "credential_source", map[string]any{"file": token})...)}, Options{}, "exchanged:sub1:aud:"+GoogleScope+":")
	f(Google{JSON: creds(t, append(exchange, "workforce_pool_user_project", "pp", "credential_source", map[string]any{"file": token})...)}, Options{},
		"exchanged:sub1:aud:"+GoogleScope+`:{"userProject":"pp"}`)
	f(Google{Scope: "narrow", JSON: creds(t, append(exchange, "service_account_impersonation_url", url+"/impersonate", "credential_source", map[string]any{
		"url": url + "/subject", "headers": map[string]string{"X-Proof": "sub2"}, "format": map[string]string{"type": "json", "subject_token_field_name": "value"}})...)},
		Options{}, "Bearer_exchanged:sub2:aud:"+GoogleScope+":+narrow")
	f(Google{JSON: creds(t, "type", "impersonated_service_account", "service_account_impersonation_url", url+"/impersonate", "delegates", []string{"d"},
		"source_credentials", json.RawMessage(person.Reveal()))}, Options{}, "Bearer_person:c:s:r+"+GoogleScope+",d")
	f(GoogleMetadata{Endpoint: url}, Options{}, "machine")

	f(GoogleDefault{}, Options{Lookup: env("GOOGLE_APPLICATION_CREDENTIALS", file(t, "adc.json", account.Reveal()))}, "account")
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".config", "gcloud"), 0o700); err != nil {
		t.Fatal(err)
	}
	f(GoogleDefault{}, Options{Lookup: env("HOME", home, "GCE_METADATA_HOST", strings.TrimPrefix(url, "http://"))}, "machine")
	if err := os.WriteFile(filepath.Join(home, ".config", "gcloud", "application_default_credentials.json"), []byte(account.Reveal()), 0o600); err != nil {
		t.Fatal(err)
	}
	f(GoogleDefault{}, Options{Lookup: env("HOME", home)}, "account")
	f(GoogleDefault{}, Options{Lookup: env("CLOUDSDK_CONFIG", filepath.Join(home, ".config", "gcloud"))}, "account")
	fails(t, GoogleDefault{}, Options{Lookup: env("GOOGLE_APPLICATION_CREDENTIALS", home+"/none")}, "no such file")
	fails(t, GoogleMetadata{Endpoint: serve(t, answer(200, `{}`))}, Options{}, "is not Google's metadata server")
}

func TestGoogleCheck(t *testing.T) {
	elliptic, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := func(want string, pairs ...any) {
		t.Helper()
		err := Google{JSON: creds(t, pairs...)}.Check()
		if got := fmt.Sprint(err); !strings.Contains(got, want) {
			t.Errorf("got %q, want something about %q", got, want)
		}
	}
	account := []any{"type", "service_account", "client_email", "a"}
	f("<nil>", append(account, "private_key", pemOf(t, testKey()))...)
	f("<nil>", append(account, "private_key", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(testKey())})))...)
	f("have no private_key", account...)
	f("is no PEM block", append(account, "private_key", "MII")...)
	f("is damaged", append(account, "private_key", "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n")...)
	f("is not an RSA key", append(account, "private_key", pemOf(t, elliptic))...)
	f(`have type "", which asbru cannot use`)
	f(`have type "gdch_service_account", which asbru cannot use`, "type", "gdch_service_account")
	f("a field has the wrong type", "type", 7)
	f("have no refresh_token", "type", "authorized_user", "client_id", "a", "client_secret", "b")
	f("is not a project", "type", "authorized_user", "quota_project_id", "a\r\nb")
	external := []any{"type", "external_account", "audience", "a", "subject_token_type", "b", "credential_source"}
	f("for a workload of AWS", append(external, map[string]any{"environment_id": "aws1"})...)
	f("run a program", append(external, map[string]any{"executable": map[string]any{"command": "x"}})...)
	f("need one of file and url", append(external, map[string]any{})...)
	f("need one of file and url", append(external, map[string]any{"file": "a", "url": "b"})...)
	f("no subject_token_field_name", append(external, map[string]any{"file": "a", "format": map[string]any{"type": "json"}})...)
	inner := json.RawMessage(`{}`)
	for range maxNesting + 1 {
		inner = fmt.Appendf(nil, `{"type":"impersonated_service_account","service_account_impersonation_url":"u","source_credentials":%s}`, inner)
	}
	f("are inside each other", "type", "impersonated_service_account", "service_account_impersonation_url", "u", "source_credentials", inner)
	if err := (Google{JSON: NewSecret("{")}).Check(); err == nil {
		t.Error("a file that is not JSON was accepted")
	}
}

// RS256 is deterministic: with the keys of the vectors, asbru must make exactly their valid
// tokens.
func TestRS256(t *testing.T) {
	data, err := os.ReadFile("../../../shared/data/protocol/jose/wycheproof_json_web_signature_test.json")
	if err != nil {
		t.Skip("the vectors are not beside this repository; TestGoogle verifies what is signed with a key of its own")
	}
	var v struct {
		TestGroups []struct {
			Private struct{ Alg, Kty, N, E, D, P, Q string }
			Tests   []struct{ Jws, Result string }
		}
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	number := func(s string) *big.Int {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(b)
	}
	n := 0
	for _, g := range v.TestGroups {
		if g.Private.Alg != "RS256" || g.Private.Kty != "RSA" {
			continue
		}
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: number(g.Private.N), E: int(number(g.Private.E).Int64())},
			D: number(g.Private.D), Primes: []*big.Int{number(g.Private.P), number(g.Private.Q)}}
		key.Precompute()
		for _, c := range g.Tests {
			parts := strings.Split(c.Jws, ".")
			if c.Result != "valid" || len(parts) != 3 {
				continue
			}
			head, err1 := base64.RawURLEncoding.DecodeString(parts[0])
			body, err2 := base64.RawURLEncoding.DecodeString(parts[1])
			if err1 != nil || err2 != nil || !bytes.Contains(head, []byte("RS256")) {
				continue
			}
			if got, err := sealRS256(key, head, body); err != nil || got.Reveal() != c.Jws {
				t.Errorf("got %s, %v; want %s", got.Reveal(), err, c.Jws)
			}
			n++
		}
	}
	if n < 5 {
		t.Errorf("%d vectors were used", n)
	}
}
