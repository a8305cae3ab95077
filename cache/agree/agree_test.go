package agree

import (
	"strings"
	"testing"

	"asbru/core"
)

func TestTexts(t *testing.T) {
	f := func(a, b, want string) {
		t.Helper()
		for _, p := range [][2]string{{a, b}, {b, a}} {
			if got := Texts(p[0], p[1]); got != want {
				t.Errorf("%.60q and %.60q: differ in %q, want %q", p[0], p[1], got, want)
			}
		}
	}
	// The same, said otherwise.
	f("Paris.", "The capital of France is Paris.", "")
	f("The capital of France is **Paris**.", "Paris is the capital of France.", "")
	f("5 miles is about 8.05 kilometers.", "That is approximately 8.05 km, since 5 miles = 8.05 kilometers.", "")
	f("1,200", "1200.", "")
	f("It takes 3.50 euros.", "3.5 euros", "")
	f("Yes, you can.", "Yes, you certainly can do that.", "")
	f("No, it isn't supported.", "No. It does not support it.", "")
	f("There are twelve months in a year.", "A year has 12 months.", "")
	f("H2O", "The chemical formula of water is H2O.", "")
	f("Use `git stash` to put changes aside.", "You can put your changes aside with git stash.", "")
	f("東京です。", "東京です", "")
	f(installA, installB, "")
	f("", "", "")

	// Another subject, another fact.
	f("Lima.", "Santiago.", "words")
	f("The capital of Peru is Lima.", "The capital of Chile is Santiago.", "words")
	f("The capital is Lima.", "The capital is Quito.", "words")
	f("5 miles is about 8.05 kilometers.", "6 miles is about 9.66 kilometers.", "number")
	f("42", "41", "number")
	f("It costs 12 dollars.", "It costs 21 dollars.", "number")
	f("Yes, you can.", "No, you can't.", "polarity")
	f("It is safe to eat.", "It is not safe to eat.", "polarity")
	f("The function is thread-safe.", "The function isn't thread-safe.", "polarity")
	f("Shakespeare wrote it.", "Marlowe wrote it.", "words")
	f("東京です。", "大阪府だよ", "words")
	f(installA, bread, "words")
	f(installA, strings.ReplaceAll(installA, "8080", "9090"), "number")
	f("Paris.", "", "words")
}

const (
	installA = `To install nginx on Ubuntu:
1. Update the package index with sudo apt update.
2. Install the package: sudo apt install nginx.
3. Start the service with sudo systemctl start nginx, and enable it so that it starts when the machine boots.
4. Open the firewall for port 8080 and visit the address of your server in a browser: the welcome page of nginx is shown.`
	installB = `Here are the steps to install Nginx on an Ubuntu server. First refresh the package index by running sudo apt update. Then
install it with sudo apt install nginx. The service usually starts by itself; if it does not, run sudo systemctl start nginx, and
sudo systemctl enable nginx to have it start at boot. Finally allow port 8080 in the firewall and open the address of the server in
your browser, which shows the nginx welcome page.`
	bread = `To bake a loaf of bread, mix flour, water, salt and yeast to a dough and knead it for a while. Let it rise in a warm place
until it has doubled, shape it, let it rest again, and bake it in a hot oven until the crust is brown and the loaf sounds hollow.`
)

func answer(text string, calls ...string) *core.Completion {
	c := &core.Completion{}
	if text != "" {
		c.Parts = append(c.Parts, core.Part{Kind: core.PartText, Text: core.Text(text)})
	}
	for i := 0; i < len(calls); i += 2 {
		c.Parts = append(c.Parts, core.Part{Kind: core.PartCall, Name: core.Text(calls[i]), Args: core.Text(calls[i+1])})
	}
	c.Choices = append(c.Choices, core.Choice{To: int32(len(c.Parts))})
	return c
}

func TestAnswers(t *testing.T) {
	f := func(a, b *core.Completion, want string, judged bool) {
		t.Helper()
		if got, ok := Answers(a, b); got != want || ok != judged {
			t.Errorf("differ in %q, judged %v; want %q, %v", got, ok, want, judged)
		}
	}
	f(answer("Paris."), answer(`It is \"Paris\".`), "", true)
	f(answer("Paris."), answer("Rome."), "words", true)
	f(answer(""), answer(""), "", false)
	f(&core.Completion{}, &core.Completion{}, "", false)
	f(answer("Paris."), answer(""), "words", true)
	f(answer("", "weather", `{"city": "Oslo"}`), answer("Let me look.", "weather", `{"city":"Oslo"}`), "", true)
	f(answer("", "weather", `{"city":"Oslo"}`), answer("", "weather", `{"city":"Rome"}`), "calls", true)
	f(answer("", "weather", `{"city":"Oslo"}`), answer("It rains."), "calls", true)
	f(answer("", "a", "{}", "b", "{}"), answer("", "b", "{ }", "a", "{}"), "", true)
}

// Whatever the answers are, the judgement is the same either way round and agrees with itself.
func FuzzTexts(f *testing.F) {
	f.Add("5 miles", "five miles, about 8.05 km")
	f.Add("1. a\n2) b", "東京 don’t 0.0 ,.")
	f.Fuzz(func(t *testing.T, a, b string) {
		if d := Texts(a, a); d != "" {
			t.Errorf("%q differs from itself in %q", a, d)
		}
		if d, e := Texts(a, b), Texts(b, a); d != e {
			t.Errorf("%q and %q: %q one way, %q the other", a, b, d, e)
		}
	})
}
