package build

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/adapters/sigv4"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/cred"
)

// opener makes Deps that open credentials, and tells how many.
func opener(t *testing.T, vars ...string) (Deps, *[]string) {
	d, opened := fakeDeps(), new([]string)
	d.Lookup = func(name string) (string, bool) {
		for i := 0; i < len(vars); i += 2 {
			if vars[i] == name {
				return vars[i+1], true
			}
		}
		return "", false
	}
	d.NewCredential = func(name string, s cred.Spec, o cred.Options) *cred.Source {
		*opened = append(*opened, name)
		src := cred.Open(s, o)
		t.Cleanup(func() { src.Close() })
		return src
	}
	return d, opened
}

// signed waits for the first credential of the only provider and signs a request.
func signed(t *testing.T, s *core.Snapshot, o *core.Outgoing) string {
	t.Helper()
	k := s.Targets[0].Keys[0]
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := k.Credential.(*cred.Source).Ready(ctx); err != nil {
		t.Fatal(err)
	}
	lines, ok := k.Sign([]byte("before\r\n"), o)
	rest, kept := strings.CutPrefix(string(lines), "before\r\n")
	if !ok || !kept || k.Header != nil {
		t.Fatalf("signing gave %q, %v; header %q", lines, ok, k.Header)
	}
	return rest
}

// issuer is a stand-in for all who issue tokens: theirs say what they were asked for.
func issuer(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		w.Header().Set("Metadata-Flavor", "Google")
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, strings.Join([]string{r.URL.Path, r.Form.Get("client_id"), r.Form.Get("client_secret"),
			r.Form.Get("scope"), r.Form.Get("resource"), r.Form.Get("scopes"), r.Form.Get("apikey")}, ","))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestAuthOfEachType(t *testing.T) {
	url := issuer(t)
	f := func(p config.Provider, a config.Auth, want string) {
		t.Helper()
		p.Auth = &a
		d, _ := opener(t)
		doc := &config.Document{Providers: []config.Provider{p}}
		if problems := doc.Validate(config.Env{Known: Kinds()}); len(problems) > 0 {
			t.Fatal(problems)
		}
		s, problems, _ := Compile(doc, nil, d)
		if s == nil || len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := signed(t, s, &core.Outgoing{}); got != "Authorization: Bearer "+want+"\r\n" {
			t.Errorf("%s: got %q, want %q", a.Type, got, want)
		}
	}
	azure := config.Provider{Name: "azure", Options: map[string]string{"resource": "r"}}
	f(azure, config.Auth{TenantID: "t", ClientID: "c", ClientSecret: secret("s"), Authority: url}, "/t/oauth2/v2.0/token,c,s,https://cognitiveservices.azure.com/.default,,,")
	f(azure, config.Auth{Type: "azure-entra", Scope: "x/.default", MetadataURL: url, ClientID: "c"}, "/metadata/identity/oauth2/token,c,,,x,,")
	f(azure, config.Auth{Type: "azure-identity", MetadataURL: url}, "/metadata/identity/oauth2/token,,,,https://cognitiveservices.azure.com,,")
	f(azure, config.Auth{Type: "oauth", TokenURL: url + "/t", ClientID: "c", ClientSecret: secret("s")}, "/t,c,s,,,,")
	f(config.Provider{Name: "vertex", Options: map[string]string{"project": "p"}}, config.Auth{MetadataURL: url},
		"/computeMetadata/v1/instance/service-accounts/default/token,,,,,"+cred.GoogleScope+",")
	f(config.Provider{Name: "vertex", Options: map[string]string{"project": "p"}}, config.Auth{Type: "google", Credentials: secret(
		`{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","token_uri":"` + url + `/u"}`)}, "/u,c,s,,,,")
	f(config.Provider{Name: "mine", BaseURL: "https://e.com/v1"}, config.Auth{Type: "ibm", Credentials: secret("k"), TokenURL: url + "/i"}, "/i,,,,,,k")
}

func bedrockDoc(a config.Auth) *config.Document {
	return &config.Document{Providers: []config.Provider{{Name: "bedrock", Options: map[string]string{"region": "eu-west-1"}, Auth: &a}}}
}

func TestSignAWS(t *testing.T) {
	d, _ := opener(t)
	s, problems, _ := Compile(bedrockDoc(config.Auth{AccessKey: secret("AKID"), SecretKey: secret("s"), SessionToken: secret("t")}), nil, d)
	if s == nil {
		t.Fatal(problems)
	}
	o := &core.Outgoing{Method: []byte("POST"), Path: []byte("/model/a%3A0/converse"), Host: []byte(s.Targets[0].Host), Type: []byte("application/json"), Body: []byte("{}")}
	got := signed(t, s, o)
	date, _, _ := strings.Cut(strings.TrimPrefix(got, "x-amz-date: "), "\r\n")
	now, err := time.Parse("20060102T150405Z", date)
	if err != nil {
		t.Fatal(err)
	}
	want := sigv4.NewSigner("bedrock", "eu-west-1").Append(nil, o, sigv4.Credential{ID: "AKID", Secret: "s", Session: "t"}, now)
	if got != string(want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A role is assumed with a request whose signature STS can compute too.
func TestAssumeRole(t *testing.T) {
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		now, _ := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		o := core.Outgoing{Method: []byte(r.Method), Path: []byte(r.URL.Path), Host: []byte(r.Host), Type: []byte(r.Header.Get("Content-Type")), Body: body}
		want := string(sigv4.NewSigner("sts", "eu-west-1").Append(nil, &o, sigv4.Credential{ID: "AKID", Secret: "s"}, now))
		if !strings.Contains(want, "Authorization: "+r.Header.Get("Authorization")+"\r\n") || time.Since(now).Abs() > time.Minute {
			w.WriteHeader(403)
			io.WriteString(w, `<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>`)
			return
		}
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>tok</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer sts.Close()
	d, _ := opener(t)
	a := config.Auth{Type: "aws", AccessKey: secret("AKID"), SecretKey: secret("s"), RoleARN: "arn:aws:iam::1:role/x", STSURL: sts.URL}
	s, problems, _ := Compile(bedrockDoc(a), nil, d)
	if s == nil {
		t.Fatal(problems)
	}
	got := signed(t, s, &core.Outgoing{Method: []byte("GET"), Path: []byte("/"), Host: []byte("h")})
	if !strings.Contains(got, "x-amz-security-token: tok\r\n") || !strings.Contains(got, "Credential=ASIA/") {
		t.Errorf("got %q", got)
	}
}

func TestWebIdentityAndRegion(t *testing.T) {
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<X><AccessKeyId>%s</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%s</Expiration></X>`,
			r.FormValue("WebIdentityToken"), time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer sts.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("jwt"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, _ := opener(t)
	s, problems, _ := Compile(&config.Document{Providers: []config.Provider{{Name: "b", Type: "bedrock", BaseURL: "https://vpce-1.bedrock-runtime.us-west-2.amazonaws.com",
		Auth: &config.Auth{TokenFile: token, RoleARN: "arn:x", STSURL: sts.URL}}}}, nil, d)
	if s == nil {
		t.Fatal(problems)
	}
	if got := signed(t, s, &core.Outgoing{Method: []byte("GET"), Path: []byte("/")}); !strings.Contains(got, "/us-west-2/bedrock/aws4_request") || !strings.Contains(got, "Credential=jwt/") {
		t.Errorf("got %q", got)
	}
	if got := regionOf("bedrock-runtime.cn-north-1.amazonaws.com.cn") + regionOf("bedrock-mantle.eu-west-1.api.aws") + regionOf("e.com") + regionOf("amazonaws.com") + regionOf("a.b.c.amazonaws.com.evil.test"); got != "cn-north-1eu-west-1" {
		t.Errorf("got %q", got)
	}
}

// Keys with one credential share it, and it outlives a reload that does not touch it.
func TestCredentialsAreCarriedOver(t *testing.T) {
	url := issuer(t)
	auth := func(id string) *config.Auth {
		return &config.Auth{Type: "oauth", TokenURL: url, ClientID: id, ClientSecret: secret("s")}
	}
	doc := func(ids ...string) *config.Document {
		p := config.Provider{Name: "mine", BaseURL: "https://e.com/v1"}
		for _, id := range ids {
			p.Keys = append(p.Keys, config.Key{Auth: auth(id)})
		}
		return &config.Document{Providers: []config.Provider{p, {Name: "other", BaseURL: "https://f.com/v1", Auth: auth("a")}}}
	}
	d, opened := opener(t)
	one, _, _ := Compile(doc("a", "b"), nil, d)
	if got := strings.Join(*opened, " "); got != "mine/key-1 mine/key-2" || len(one.Fresh) != 2 {
		t.Fatalf("opened %s", got)
	}
	two, _, retire := Compile(doc("a", "c"), one, d)
	a, b, c := one.Targets[0].Keys[0].Credential, one.Targets[0].Keys[1].Credential, two.Targets[0].Keys[1].Credential
	if len(*opened) != 3 || two.Targets[0].Keys[0].Credential != a || two.Targets[1].Keys[0].Credential != a || c == b {
		t.Errorf("opened %s", *opened)
	}
	if broken, _, _ := Compile(&config.Document{Providers: []config.Provider{{Name: "x", BaseURL: "https://e.com/v1", Auth: auth("z")}, {Name: "nobody"}}}, two, d); broken != nil || len(*opened) != 3 {
		t.Errorf("a document with mistakes opened %s", *opened)
	}
	d.Lookup = nil
	proxied := doc("a", "c")
	proxied.Providers[0].Network.Proxy = "http://127.0.0.1:1"
	if three, _, _ := Compile(proxied, two, d); three.Targets[0].Keys[0].Credential == a || three.Targets[1].Keys[0].Credential != a {
		t.Error("a credential that is fetched through a proxy is another one")
	}
	retire()
	if done(a) || !done(b) || done(c) {
		t.Errorf("closed: a %v, b %v, c %v; want b only", done(a), done(b), done(c))
	}
	Retire(two, nil)
	if !done(a) || !done(c) {
		t.Error("retiring the last Snapshot left credentials open")
	}

	d.NewCredential = nil
	if s, problems, _ := Compile(doc("a"), nil, d); s == nil || s.Targets[0].Keys[0].Sign != nil || len(s.Fresh) != 0 {
		t.Errorf("who only looks opened something: %v", problems)
	}
}

// done reports whether a credential was closed: what can still be renewed has a next time.
func done(c core.Credential) bool {
	src := c.(*cred.Source)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	src.Ready(ctx)
	return src.Status().Next.IsZero()
}

func TestAuthProblems(t *testing.T) {
	f := func(p config.Provider, path, want string) {
		t.Helper()
		d, opened := opener(t)
		_, problems, _ := Compile(&config.Document{Providers: []config.Provider{p}}, nil, d)
		if len(problems) != 1 || problems[0].Path != path || !strings.Contains(problems[0].Message, want) || len(*opened) > 0 {
			t.Errorf("got %v, want %s: %s", problems, path, want)
		}
	}
	f(config.Provider{Name: "vertex", Options: map[string]string{"project": "p"}, Auth: &config.Auth{Credentials: secret("{}")}}, "providers[0].auth.credentials", `have type ""`)
	f(config.Provider{Name: "bedrock", BaseURL: "https://e.com", Keys: []config.Key{{Auth: &config.Auth{Type: "aws"}}}}, "providers[0].keys[0].auth.region", "e.com does not say")
	f(config.Provider{Name: "openai", Auth: &config.Auth{Type: "aws", Region: "r"}}, "providers[0].auth.type", "does not take the signature")
	f(config.Provider{Name: "openai", Auth: &config.Auth{Type: "gogle"}}, "providers[0].auth.type", `"gogle"`)
}
