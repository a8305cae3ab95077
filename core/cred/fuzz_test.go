package cred

import (
	"strings"
	"testing"
	"time"
)

func FuzzProfiles(f *testing.F) {
	f.Add([]byte(sharedConfig), true)
	f.Add([]byte("[a]\r\nb=c ;d\n\t[x]\n="), false)
	f.Add([]byte("[profile \t]\n[]\n[["), true)
	f.Fuzz(func(t *testing.T, data []byte, config bool) {
		p := profiles{}
		p.read(data, config)
		size := 0
		for name, settings := range p {
			if name != strings.TrimSpace(name) {
				t.Errorf("a profile is called %q", name)
			}
			for k, v := range settings {
				size += len(k) + len(v)
				if strings.ContainsAny(v, "\n") || v != strings.TrimSpace(v) {
					t.Errorf("%s.%s is %q", name, k, v)
				}
			}
		}
		if size > 4*len(data)+16 {
			t.Errorf("%d bytes became %d", len(data), size)
		}
	})
}

func FuzzGoogle(f *testing.F) {
	f.Add([]byte(`{"type":"service_account","client_email":"a","private_key":"-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n"}`))
	f.Add([]byte(`{"type":"external_account","audience":"a","subject_token_type":"b","credential_source":{"url":"http://x","format":{"type":"json"}}}`))
	f.Add([]byte(`{"type":"impersonated_service_account","service_account_impersonation_url":"u","source_credentials":{"type":"authorized_user"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		err := Google{JSON: NewSecret(string(data))}.Check()
		if err != nil && len(err.Error()) > 400 {
			t.Errorf("a long error: %v", err)
		}
	})
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"access_token":"a","expires_in":"3599","refresh_in":1}`))
	f.Add([]byte(`{"error":{"status":"X","message":"y"}}`))
	f.Add([]byte(`{"Code":"Success","AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2030-01-01T00:00:00Z"}`))
	f.Add([]byte(`<a xmlns="x"><Code>c</Code><!-- --><Message>&lt;m&#10;</Message></a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := newClient(Options{})
		r := &reply{host: "h", body: data, asked: time.Now()}
		if g, err := c.bearer(r); err == nil {
			line := string(g.lines)
			if !strings.HasPrefix(line, "Authorization: Bearer ") || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\r\n") || g.renew < 0 {
				t.Errorf("%q, renewed after %v", line, g.renew)
			}
		}
		if g, err := c.key(r); err == nil && (!visible(g.aws.AccessKey) || !visible(g.aws.Secret.Reveal())) {
			t.Errorf("a key with the id %q", g.aws.AccessKey)
		}
		if text := told(data, NewSecret("secret")); len(text) > maxTold+len("...") || strings.Contains(text, "secret") ||
			strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("told %q", text)
		}
	})
}
