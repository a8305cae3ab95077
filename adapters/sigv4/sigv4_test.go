package sigv4

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// The credential of the examples in AWS's documentation.
const exampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

var example = Credential{ID: "AKIDEXAMPLE", Secret: exampleSecret}

func at(t *testing.T, stamp string) time.Time {
	t.Helper()
	now, err := time.Parse(timeForm, stamp)
	if err != nil {
		t.Fatal(err)
	}
	return now.In(time.FixedZone("elsewhere", 3*3600))
}

// The signatures are those AWS prints for ListUsers and for get-vanilla of its test suite.
func TestDocumented(t *testing.T) {
	f := func(service string, o *core.Outgoing, derived, want string) {
		t.Helper()
		now := at(t, "20150830T123600Z")
		k := Derive(example, service, "us-east-1", now)
		k.bare = true
		if got := hex.EncodeToString(k.derived[:]); derived != "" && got != derived {
			t.Errorf("derived %s, want %s", got, derived)
		}
		if got := string(k.Append(nil, o, now)); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	f("iam", &core.Outgoing{
		Method: []byte("GET"), Path: []byte("/"), Query: []byte("Version=2010-05-08&Action=ListUsers"),
		Host: []byte("iam.amazonaws.com"), Type: []byte("application/x-www-form-urlencoded; charset=utf-8"),
	}, "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
		"x-amz-date: 20150830T123600Z\r\n"+
			"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "+
			"SignedHeaders=content-type;host;x-amz-date, "+
			"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\n")
	f("service", &core.Outgoing{Method: []byte("GET"), Host: []byte("example.amazonaws.com")}, "",
		"x-amz-date: 20150830T123600Z\r\n"+
			"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "+
			"SignedHeaders=host;x-amz-date, "+
			"Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\r\n")
}

// These were computed with another program, after the same description.
func TestBedrock(t *testing.T) {
	f := func(cred Credential, o *core.Outgoing, want string) {
		t.Helper()
		got := string(NewSigner("bedrock", "eu-west-1").Append([]byte("Host: h\r\n"), o, cred, at(t, "20260820T010203Z")))
		if want = "Host: h\r\n" + want; got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	session := example
	session.Session = "SESSION/TOKEN=="
	f(session, &core.Outgoing{
		Method: []byte("POST"), Path: []byte("/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse"),
		Host: []byte("bedrock-runtime.eu-west-1.amazonaws.com"), Type: []byte("application/json"), Body: []byte(`{"messages":[]}`),
	}, "x-amz-date: 20260820T010203Z\r\nx-amz-security-token: SESSION/TOKEN==\r\n"+
		"x-amz-content-sha256: "+fmt.Sprintf("%x", sha256.Sum256([]byte(`{"messages":[]}`)))+"\r\n"+
		"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260820/eu-west-1/bedrock/aws4_request, "+
		"SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "+
		"Signature=c6f97a59305b8c912337c515f24fe7ac69abe83e6e0a2a0f59728e70c55a4d53\r\n")
	f(example, &core.Outgoing{
		Method: []byte("GET"), Path: []byte("/"), Query: []byte("b=2&a-=x%20y&&a=%2f"), Host: []byte(" h "),
	}, "x-amz-date: 20260820T010203Z\r\nx-amz-content-sha256: "+fmt.Sprintf("%x", sha256.Sum256(nil))+"\r\n"+
		"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260820/eu-west-1/bedrock/aws4_request, "+
		"SignedHeaders=host;x-amz-content-sha256;x-amz-date, "+
		"Signature=f575b0a53283b5624fa8dd8e1964edf7da80f819b2c31bd85d3158a5cecd30c4\r\n")
}

func TestSigner(t *testing.T) {
	s := NewSigner("bedrock", "us-east-1")
	o := &core.Outgoing{Method: []byte("POST"), Path: []byte("/x"), Host: []byte("h"), Body: []byte("{}")}
	other := Credential{ID: "AKIDOTHER", Secret: "x"}
	for _, c := range []struct {
		cred  Credential
		stamp string
	}{{example, "20260820T235959Z"}, {example, "20260820T235959Z"}, {example, "20260821T000000Z"}, {other, "20260821T000000Z"}, {example, "20260820T000000Z"}} {
		now := at(t, c.stamp)
		if got, want := s.Append(nil, o, c.cred, now), Derive(c.cred, "bedrock", "us-east-1", now).Append(nil, o, now); !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%swant\n%s", c.stamp, got, want)
		}
	}
	k := s.last.Load()
	s.Append(nil, o, example, at(t, "20260820T120000Z"))
	if s.last.Load() != k {
		t.Error("the key of the day was derived twice")
	}
}

func TestMac(t *testing.T) {
	for key := range 140 {
		for _, text := range []int{0, 1, 64, 191, 192, 193, 500} {
			k, b := bytes.Repeat([]byte{7}, key), bytes.Repeat([]byte{9}, text)
			h := hmac.New(sha256.New, k)
			h.Write(b)
			if got := mac(k, b); !bytes.Equal(got[:], h.Sum(nil)) {
				t.Fatalf("a key of %d and a text of %d bytes give another sum than crypto/hmac", key, text)
			}
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	cred := Credential{ID: "AKID", Secret: "hush", Session: "hush-too"}
	k := Derive(cred, "s", "r", time.Now())
	js, err := json.Marshal(cred)
	if err != nil {
		t.Fatal(err)
	}
	all := string(js)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		all += fmt.Sprintf(verb+verb+verb, cred, &cred, cred.Secret)
	}
	all += cred.Secret.String() + fmt.Sprint(cred.Session)
	if strings.Contains(all, "hush") || strings.Contains(all, "68757368") {
		t.Errorf("a secret is in %s", all)
	}
	if s := fmt.Sprintf("%v %+v %#v %v", k, k, *k, struct{ K *Key }{k}); strings.Contains(s, "hush") {
		t.Errorf("a secret is in %s", s)
	}
}
