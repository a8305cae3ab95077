package build

import (
	"strings"
	"testing"
)

func TestOrigins(t *testing.T) {
	list := originsOf([]string{"https://App.example:8443", "*"})
	if len(list) != 2 || list[0].Name != "https://app.example:8443" || list[1].Name != "*" {
		t.Fatalf("they are %+v", list)
	}
	named, any := string(list[0].Lines), string(list[1].Lines)
	if !strings.HasPrefix(named, "Access-Control-Allow-Origin: https://app.example:8443\r\nAccess-Control-Allow-Credentials: true\r\n") || !strings.Contains(named, "X-Request-Id, ") {
		t.Errorf("pages that are named get %q", named)
	}
	if any != "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\n" {
		t.Errorf("pages of any origin get %q", any)
	}
	if originsOf(nil) != nil {
		t.Error("without origins there are some")
	}
}
