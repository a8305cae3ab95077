package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

func callers() []caller {
	return []caller{
		{"text", "", text},
		{"tool loop", "", oneTool},
		{"parallel tools", "", parallelTools},
		{"one tool at a time", "one", oneAtATime},
		{"tool choice, any", "", choice("any")},
		{"tool choice, named", "named", choice("=get_time")},
		{"tool choice, none", "none", choice("none")},
		{"schema", "", schema},
		{"image", "", image1},
		{"pdf", "pdf", pdf1},
		{"reasoning", "reasoning", reasoning},
		{"reasoning and tools", "", reasoningLoop},
		{"usage", "", usage},
		{"length", "", length},
		{"stop sequence", "stop", stopped},
		{"refusal", "", refused},
		{"unknown member", "", unknownMember},
		{"errors", "", faults},
		{"rate limit, retried", "", retried},
		{"broken stream", "", broken},
		{"cancel", "", cancelled},
	}
}

func text(r *run) error {
	first, err := r.ask("text", &talk{system: marker, turns: []turn{user("Hello")}})
	if err != nil {
		return err
	}
	if err := says(first, sentence); err != nil {
		return err
	}
	out, err := r.ask("text", &talk{system: marker, turns: []turn{user("Hello"), {said: first}, user("And tomorrow?")}})
	if err != nil {
		return err
	}
	got, err := r.last()
	if err != nil {
		return err
	}
	if err := got.holds(marker, "Hello", "in Paris, \"sunny\"", "Тест 😀", "And tomorrow?"); err != nil {
		return err
	}
	if out.in != 37 || out.out != 11 {
		return fmt.Errorf("usage is %d in and %d out, want 37 and 11", out.in, out.out)
	}
	if err := ends(out, "stop"); err != nil {
		return err
	}
	return says(out, sentence)
}

// oneTool goes round the loop: a call, its result, the answer.
func oneTool(r *run) error {
	q := &talk{system: marker, tools: []tool{weather, clock}, turns: []turn{user("Weather?")}}
	first, err := r.ask("tool", q)
	if err != nil {
		return err
	}
	if err := calls(first, "get_weather"); err != nil {
		return err
	}
	if first.calls[0].args["city"] != "Paris" || first.calls[0].args["unit"] != "celsius" {
		return fmt.Errorf("the arguments are %v", first.calls[0].args)
	}
	q.turns = append(q.turns, turn{said: first}, turn{results: []result{{first.calls[0], `{"degrees": 21.5}`}}})
	out, err := r.ask("tool", q)
	if err != nil {
		return fmt.Errorf("with the result: %w", err)
	}
	if !strings.Contains(out.text, "The tools said: ") || !strings.Contains(out.text, "21.5") {
		return fmt.Errorf("with the result it says %s", quoted(out.text))
	}
	got, err := r.last()
	if err != nil {
		return err
	}
	if err := got.holds(weather.help, clock.help, "celsius"); err != nil {
		return err
	}
	return ends(out, "stop")
}

// calls checks the names of the calls, that each has an id of its own, and how it ended.
func calls(out *reply, names ...string) error {
	if len(out.calls) != len(names) {
		return fmt.Errorf("%d calls, want %d (text %s)", len(out.calls), len(names), quoted(out.text))
	}
	ids := map[string]bool{}
	for i, c := range out.calls {
		if c.name != names[i] {
			return fmt.Errorf("call %d is of %s, want %s", i, c.name, names[i])
		}
		ids[c.id] = true
	}
	if len(ids) != len(names) && !ids[""] {
		return fmt.Errorf("the calls share ids: %v", out.calls)
	}
	return ends(out, "tool")
}

func parallelTools(r *run) error {
	q := &talk{tools: []tool{weather, clock}, turns: []turn{user("Weather and time?")}}
	first, err := r.ask("tools", q)
	if err != nil {
		return err
	}
	if err := calls(first, "get_weather", "get_time"); err != nil {
		return err
	}
	q.turns = append(q.turns, turn{said: first}, turn{results: []result{{first.calls[1], "half past nine"}, {first.calls[0], "sunny"}}})
	out, err := r.ask("tools", q)
	if err != nil {
		return fmt.Errorf("with the results swapped: %w", err)
	}
	if !strings.Contains(out.text, "half past nine") || !strings.Contains(out.text, "sunny") {
		return fmt.Errorf("with the results swapped it says %s", quoted(out.text))
	}
	return ends(out, "stop")
}

func oneAtATime(r *run) error {
	out, err := r.ask("tools", &talk{tools: []tool{weather, clock}, one: true, turns: []turn{user("Weather and time?")}})
	if err != nil {
		return err
	}
	if r.family == "gemini" || r.family == "cohere" { // neither can forbid it; the wish is dropped and named
		return nil
	}
	return calls(out, "get_weather")
}

func choice(c string) func(r *run) error {
	return func(r *run) error {
		out, err := r.ask("tool", &talk{tools: []tool{weather, clock}, choice: c, turns: []turn{user("Hello")}})
		if err != nil {
			return err
		}
		switch c {
		case "none":
			if len(out.calls) > 0 {
				return fmt.Errorf("it calls %v all the same", out.calls)
			}
			return says(out, sentence)
		case "any":
			return calls(out, "get_weather")
		}
		return calls(out, c[1:])
	}
}

func schema(r *run) error {
	out, err := r.ask("schema", &talk{schema: placeSchema(), turns: []turn{user("Where?")}})
	if err != nil {
		return err
	}
	var v struct {
		City, Kind string
		At         struct{ Lat, Lon *float64 }
	}
	if err := json.Unmarshal([]byte(out.text), &v); err != nil {
		return fmt.Errorf("the text is no JSON: %s: %w", quoted(out.text), err)
	}
	if v.City != "Paris" || v.Kind != "town" || v.At.Lat == nil || v.At.Lon == nil {
		return fmt.Errorf("the value does not fit the schema: %s", out.text)
	}
	return ends(out, "stop")
}

func image1(r *run) error { return sees(r, "What is this?", picture()) }
func pdf1(r *run) error   { return sees(r, "What does it say?", pdf()) }

func sees(r *run, question string, f file) error {
	out, err := r.ask("image", &talk{turns: []turn{{text: question, files: []file{f}}}})
	if err != nil {
		return err
	}
	if !strings.Contains(out.text, seen(f)) {
		return fmt.Errorf("it saw %s, want %s", quoted(out.text), seen(f))
	}
	return nil
}

func reasoning(r *run) error {
	out, err := r.ask("think", &talk{think: true, turns: []turn{user("Weather?")}})
	if err != nil {
		return err
	}
	if out.think != thought {
		return fmt.Errorf("the reasoning is %s, want %s", quoted(out.think), quoted(thought))
	}
	if out.thought > 0 && out.thought != 10 || out.out != 24 {
		return fmt.Errorf("%d tokens out, %d of them reasoning; want 24 and 10", out.out, out.thought)
	}
	return says(out, sentence)
}

// reasoningLoop sends signed reasoning back with the result of a tool. A provider that signs looks at it.
func reasoningLoop(r *run) error {
	q := &talk{think: true, tools: []tool{weather}, turns: []turn{user("Weather?")}}
	forgets := r.s.cannot["reasoning"] != "" || r.s.cannot["replay"] != ""
	if forgets && r.family == "gemini" { // 3 takes a word instead of a signature; 2.5 needs none, which the stand-in does not know
		r.model = "gemini/gemini-3-pro-"
	}
	first, err := r.ask("think-tool", q)
	if err != nil {
		return err
	}
	if err := calls(first, "get_weather"); err != nil {
		return err
	}
	q.turns = append(q.turns, turn{said: first}, turn{results: []result{{first.calls[0], "sunny"}}})
	out, err := r.ask("think-tool", q)
	if err != nil {
		return fmt.Errorf("with the result: %w", err)
	}
	if !strings.Contains(out.text, "sunny") {
		return fmt.Errorf("with the result it says %s", quoted(out.text))
	}
	if forgets || r.family == "cohere" || r.family == "openai" { // the SDK or the family has no place for a signature
		return nil
	}
	got, err := r.last()
	if err != nil {
		return err
	}
	if r.s.name == "anthropic-sdk-go bedrock" && r.family == "bedrock" {
		return got.holds(signed("anthropic")) // what is invoked there is Anthropic's
	}
	return got.holds(signed(r.family))
}

func usage(r *run) error {
	out, err := r.ask("usage", &talk{turns: []turn{user("Hello")}})
	if err != nil {
		return err
	}
	if out.in != 120 || out.out != 24 {
		return fmt.Errorf("%d in and %d out, want 120 and 24", out.in, out.out)
	}
	if out.cached >= 0 && out.cached != 80 && r.family != "cohere" {
		return fmt.Errorf("%d from the cache, want 80", out.cached)
	}
	if tells := r.family == "anthropic" || r.family == "bedrock"; out.written >= 0 && tells && out.written != 16 {
		return fmt.Errorf("%d written to the cache, want 16", out.written)
	}
	return nil
}

func length(r *run) error {
	out, err := r.ask("length", &talk{turns: []turn{user("Hello")}})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(sentence, out.text) || out.text == "" {
		return fmt.Errorf("the text is %s", quoted(out.text))
	}
	return ends(out, "length")
}

func stopped(r *run) error {
	out, err := r.ask("stop", &talk{stops: []string{"###"}, turns: []turn{user("Hello")}})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(sentence, out.text) || out.text == sentence || out.text == "" {
		return fmt.Errorf("the text is %s", quoted(out.text))
	}
	return ends(out, "stop", "sequence")
}

func refused(r *run) error {
	out, err := r.ask("refuse", &talk{turns: []turn{user("Hello")}})
	if err != nil {
		return err
	}
	if said := out.text + out.refusal; !strings.Contains(said, "I cannot help with that.") {
		return fmt.Errorf("it says %s", quoted(said))
	}
	if r.s.family != "anthropic" && r.s.name != "anthropic-sdk-go bedrock" && (r.family == "openai" || r.family == "responses") {
		return ends(out, "refuse", "stop") // a refusal in words is no filter: only Anthropic has an end for it
	}
	return ends(out, "refuse")
}

// unknownMember sends a member that no format has: the same format keeps it, another does not get it.
func unknownMember(r *run) error {
	if _, err := r.ask("text", &talk{extra: true, turns: []turn{user("Hello")}}); err != nil {
		return err
	}
	got, err := r.last()
	if err != nil {
		return err
	}
	// OpenAI has Responses too, and what is invoked at Bedrock is Anthropic's format.
	alike := r.family == r.s.family || r.s.family == "responses" && r.family == "openai" || r.s.name == "anthropic-sdk-go bedrock" && r.family == "anthropic"
	if err := got.holds("x_probe"); (err == nil) != alike {
		return fmt.Errorf("speaking %s with %s, the provider received %.300s", r.s.family, r.family, got.Body)
	}
	return nil
}
