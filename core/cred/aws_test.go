package cred

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// sign is a stand-in for the signature. It writes down what a signature would cover.
func sign(r *http.Request, body []byte, c *AWS, at Scope, _ time.Time) {
	r.Header.Set("Authorization", fmt.Sprintf("%s/%s/%s/%s/%s/%d", c.AccessKey, c.Secret.Reveal(), c.Session.Reveal(), at.Service, at.Region, len(body)))
}

// stsServer is a stand-in for STS. The id of a key says what it was issued for.
func stsServer(t *testing.T) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		f := r.Form
		if f.Get("RoleArn") == "arn:none" {
			w.WriteHeader(403)
			io.WriteString(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: x is not authorized</Message></Error><RequestId>1</RequestId></ErrorResponse>`)
			return
		}
		by, _, _ := strings.Cut(r.Header.Get("Authorization"), "/sts/")
		action := f.Get("Action")
		fmt.Fprintf(w, `<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult><AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials>
			<AccessKeyId>%[2]s</AccessKeyId><SecretAccessKey>%[3]s</SecretAccessKey><SessionToken>%[4]s</SessionToken><Expiration>%[5]s</Expiration>
			</Credentials></%[1]sResult></%[1]sResponse>`, action, f.Get("RoleArn")+"("+by+")", f.Get("RoleSessionName"),
			"t:"+f.Get("ExternalId")+f.Get("DurationSeconds")+f.Get("WebIdentityToken"), time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"))
	})
}

// imds is a stand-in for the metadata service of an instance.
func imds(t *testing.T, roles string) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		proof := r.Header.Get("X-aws-ec2-metadata-token")
		switch r.Method + r.URL.Path {
		case "PUT/latest/api/token":
			if r.Header.Get("X-aws-ec2-metadata-token-ttl-seconds") != "" {
				io.WriteString(w, "proof==")
			}
			return
		case "GET/latest/meta-data/iam/security-credentials/":
			if proof == "proof==" && roles != "" {
				io.WriteString(w, roles)
				return
			}
		case "GET/latest/meta-data/iam/security-credentials/broken":
			io.WriteString(w, `{"Code":"Failed","Message":"ask your administrator"}`)
			return
		case "GET/latest/meta-data/iam/security-credentials/app role":
			if proof == "proof==" {
				fmt.Fprintf(w, `{"Code":"Success","LastUpdated":"2012-04-26T16:39:16Z","Type":"AWS-HMAC","AccessKeyId":"instance","SecretAccessKey":"s","Token":"t","Expiration":%q}`,
					time.Now().Add(6*time.Hour).UTC().Format(time.RFC3339))
				return
			}
		}
		w.WriteHeader(404)
	})
}

func TestAWS(t *testing.T) {
	at := stsServer(t)
	off := []string{"AWS_EC2_METADATA_DISABLED", "true", "AWS_ENDPOINT_URL_STS", at}
	with := func(pairs ...string) Options { return Options{Lookup: env(append(pairs, off...)...), Sign: sign} }
	f := func(s Spec, o Options, want string) *grant {
		t.Helper()
		g := must(t, s, o)
		if got := g.aws.AccessKey + " " + g.aws.Secret.Reveal() + " " + g.aws.Session.Reveal(); got != want || g.lines != nil {
			t.Errorf("got %q, want %q", got, want)
		}
		return g
	}
	f(AWSDefault{}, with("AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "s"), "A s ")
	f(AWSDefault{}, with("AWS_ACCESS_KEY_ID", "A", "AWS_SECRET_ACCESS_KEY", "s", "AWS_SESSION_TOKEN", "t"), "A s t")
	fails(t, AWSDefault{}, with("AWS_ACCESS_KEY_ID", "A"), "the environment gave a key of AWS without an id or a secret")
	fails(t, AWSDefault{}, with(), "there is no key of AWS")
	fails(t, AWSStatic{AccessKey: "A", Secret: NewSecret("a b")}, with(), "the configuration gave a key")

	token := file(t, "token", "jwt")
	lives(t, f(AWSDefault{}, with("AWS_WEB_IDENTITY_TOKEN_FILE", token, "AWS_ROLE_ARN", "arn:w", "AWS_ROLE_SESSION_NAME", "pod"), "arn:w() pod t:jwt"), time.Hour)
	f(AWSIdentity{TokenFile: token, ARN: "arn:w", STS: at}, Options{}, "arn:w() asbru t:jwt")
	fails(t, AWSIdentity{TokenFile: token, ARN: "arn:none", STS: at}, Options{}, "answered 403: AccessDenied: User: x is not authorized")
	fails(t, AWSIdentity{TokenFile: token, ARN: "arn:w", STS: serve(t, answer(200, "{}"))}, Options{}, "is not the XML of a key")
	fails(t, AWSIdentity{TokenFile: token, ARN: "arn:w", Region: "evil.test/"}, Options{}, "the region of AWS is not one")

	base := AWSStatic{AccessKey: "A", Secret: NewSecret("s"), Session: NewSecret("t")}
	lives(t, f(AWSRole{Base: base, ARN: "arn:r", ExternalID: "ext", Session: "me", STS: at}, with(), "arn:r(A/s/t) me t:ext"), time.Hour)
	f(AWSRole{Base: AWSRole{Base: base, ARN: "arn:1", STS: at}, ARN: "arn:2"}, with(), "arn:2(arn:1(A/s/t)/asbru/t:) asbru t:")
	fails(t, AWSRole{Base: base, ARN: "arn:r", STS: at}, Options{}, "nothing here signs requests to AWS")
	fails(t, AWSRole{Base: OAuth{TokenURL: serve(t, answer(200, `{"access_token":"a"}`))}, ARN: "arn:r", STS: at}, with(), "a role is assumed with a key of AWS")
}

func TestSTS(t *testing.T) {
	f := func(region, want string) {
		t.Helper()
		if got := newSTS("", region); got.url != want {
			t.Errorf("%q: got %s, want %s", region, got.url, want)
		}
	}
	f("", "https://sts.us-east-1.amazonaws.com")
	f("eu-central-1", "https://sts.eu-central-1.amazonaws.com")
	f("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn")
}

const sharedConfig = `# written by hand
[default]
region = eu-west-1

[profile dev]
aws_access_key_id=CONF
aws_secret_access_key=conf-secret # a comment

[profile  role ]
role_arn = arn:role
source_profile = dev
external_id = ext
role_session_name = me
duration_seconds = 900
s3 =
  addressing_style = path
  role_arn = arn:not-this-one

[profile "self"]
role_arn = arn:self
source_profile = self
aws_access_key_id = SELF
aws_secret_access_key = self-secret

[profile chain]
role_arn = arn:chain
source_profile = role

[profile loop]
role_arn = arn:loop
source_profile = pool
[profile pool]
role_arn = arn:pool
source_profile = loop

[profile env]
role_arn = arn:env
credential_source = Environment
[profile pod]
role_arn = arn:pod
credential_source = EcsContainer
[profile vm]
role_arn = arn:vm
credential_source = Ec2InstanceMetadata
[profile alone]
role_arn = arn:alone
[profile person]
sso_session = x
[profile program]
credential_process = /bin/false
[profile factor]
role_arn = arn:f
source_profile = dev
mfa_serial = arn:mfa
[profile empty]
region = eu-west-1
[plugins]
aws_access_key_id = NOT
[unclosed
aws_access_key_id = NOT
`

func TestProfiles(t *testing.T) {
	at := stsServer(t)
	conf := file(t, "config", sharedConfig)
	keys := file(t, "credentials", "[default]\r\naws_access_key_id = DEF\r\naws_secret_access_key = def-secret\r\n[dev]\naws_access_key_id = KEYS\naws_secret_access_key = keys-secret\naws_session_token = keys-token\n")
	with := func(pairs ...string) Options {
		return Options{Sign: sign, Lookup: env(append(pairs, "AWS_CONFIG_FILE", conf, "AWS_SHARED_CREDENTIALS_FILE", keys, "AWS_ENDPOINT_URL_STS", at, "AWS_EC2_METADATA_DISABLED", "true")...)}
	}
	f := func(profile, want string) {
		t.Helper()
		for _, s := range []struct {
			Spec
			Options
		}{{AWSDefault{Profile: profile}, with()}, {AWSDefault{}, with("AWS_PROFILE", profile)}} {
			g := must(t, s.Spec, s.Options)
			if got := g.aws.AccessKey + " " + g.aws.Secret.Reveal() + " " + g.aws.Session.Reveal(); got != want {
				t.Errorf("%s: got %q, want %q", profile, got, want)
			}
			if g.expires.IsZero() && g.renew != reread {
				t.Errorf("%s: the file is never read again", profile)
			}
		}
	}
	f("default", "DEF def-secret ")
	f("dev", "KEYS keys-secret keys-token")
	f("role", "arn:role(KEYS/keys-secret/keys-token) me t:ext900")
	f("self", "arn:self(SELF/self-secret/) asbru t:")
	f("chain", "arn:chain(arn:role(KEYS/keys-secret/keys-token)/me/t:ext900) asbru t:")
	no := func(profile, want string) {
		t.Helper()
		fails(t, AWSDefault{Profile: profile}, with(), want)
	}
	no("loop", "more than 5 profiles")
	no("env", "the profile or source that the role is assumed with has no key")
	no("alone", "role_arn needs source_profile")
	no("person", "needs a person")
	no("program", "would run a program")
	no("factor", "no second factor")
	no("empty", `profile "empty" in the shared files of AWS is missing or has no key`)
	no("plugins", "is missing or has no key")
	no("nobody", "is missing or has no key")

	g := must(t, AWSDefault{Profile: "env"}, with("AWS_ACCESS_KEY_ID", "E", "AWS_SECRET_ACCESS_KEY", "s"))
	if g.aws.AccessKey != "arn:env(E/s/)" {
		t.Errorf("got %s", g.aws.AccessKey)
	}
	g = must(t, AWSDefault{Profile: "vm", IMDS: imds(t, "app role\n")}, Options{Sign: sign, Lookup: env("AWS_CONFIG_FILE", conf, "AWS_ENDPOINT_URL_STS", at)})
	if g.aws.AccessKey != "arn:vm(instance/s/t)" {
		t.Errorf("got %s", g.aws.AccessKey)
	}
	fails(t, AWSDefault{}, Options{Lookup: env("AWS_CONFIG_FILE", t.TempDir())}, "is not a regular file")
}

func TestInstance(t *testing.T) {
	f := func(s Spec, o Options) {
		t.Helper()
		g := must(t, s, o)
		if g.aws.AccessKey != "instance" {
			t.Errorf("got %s", g.aws.AccessKey)
		}
		lives(t, g, 6*time.Hour)
	}
	at := imds(t, "app role")
	f(AWSDefault{IMDS: at}, Options{})
	f(AWSDefault{}, Options{Lookup: env("AWS_EC2_METADATA_SERVICE_ENDPOINT", at+"/", "HOME", t.TempDir())})
	fails(t, AWSDefault{IMDS: imds(t, "")}, Options{}, "the instance has no role")
	fails(t, AWSDefault{IMDS: imds(t, "broken")}, Options{}, "gave no key: Failed: ask your administrator")
	fails(t, AWSDefault{IMDS: serve(t, answer(403, ""))}, Options{}, "no other source of the default chain is set up")
}

func TestContainer(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"RoleArn":"x","AccessKeyId":"pod:%s","SecretAccessKey":"s","Token":"t","Expiration":%q}`, r.Header.Get("Authorization"), time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})
	f := func(want string, pairs ...string) {
		t.Helper()
		if g := must(t, AWSDefault{}, Options{Lookup: env(pairs...)}); g.aws.AccessKey != want {
			t.Errorf("got %q, want %q", g.aws.AccessKey, want)
		}
	}
	f("pod:", "AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
	f("pod:tok", "AWS_CONTAINER_CREDENTIALS_FULL_URI", url, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "tok")
	f("pod:tok2", "AWS_CONTAINER_CREDENTIALS_FULL_URI", url, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file(t, "token", "tok2\n"))
	fails(t, AWSDefault{}, Options{Lookup: env("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/x")}, "leads to example.com over plain HTTP")
	fails(t, AWSDefault{}, Options{Lookup: env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/x")}, "leads to example.com over plain HTTP")
	fails(t, AWSDefault{}, Options{Lookup: env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, "AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nb")}, "invalid header field value")

	ok := func(text string, want bool) {
		t.Helper()
		if got := checkContainer(text) == nil; got != want {
			t.Errorf("%s: allowed %v, want %v", text, got, want)
		}
	}
	ok("http://169.254.170.2/v2/x", true)
	ok("http://169.254.170.23/v1/credentials", true)
	ok("http://[fd00:ec2::23]/v1/credentials", true)
	ok("http://localhost:81/x", true)
	ok("http://[::1]/x", true)
	ok("https://example.com/x", true)
	ok("http://169.254.169.254/x", false)
	ok("http://127.0.0.1.example.com/x", false)
	ok("http://0.0.0.0/x", false)
	ok("%", false)
}
