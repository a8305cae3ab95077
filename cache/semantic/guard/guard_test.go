package guard

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// dictionary stands in for that of the embedding table.
func dictionary(words string) func([]byte) bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return func(w []byte) bool { return set[string(w)] }
}

func newGuard() *Guard {
	return New(dictionary("server sorted list file house cheese sulfate methanol ethanol angular number install boil water"))
}

// TestRules checks the verdicts on pairs of questions, rule by rule.
func TestRules(t *testing.T) {
	g := newGuard()
	a, b := NewForm(), NewForm()
	f := func(x, y, want string) {
		t.Helper()
		g.Read(a, x)
		g.Read(b, y)
		v, w := g.Compare(a, b), g.Compare(b, a)
		if v.String() != want {
			t.Errorf("%q, %q: %s, want %s", x, y, v.String(), want)
		}
		if v.Rule.rank() != w.Rule.rank() {
			t.Errorf("%q, %q: %s one way, %s the other", x, y, v.String(), w.String())
		}
	}
	f("How do I install Redis?", "Please tell me how to install redis!", "pass")
	f("In Go, how do I sort a list?", "How can one sort lists in Go?", "pass")
	f("What is inflation?", "Define inflation.", "pass")
	f("What's 5 miles in km?", "Convert 5 miles to kilometers", "pass")
	f("How do you say 'good day' in French?", "Translate \"good day\" into French", "pass")
	f("When was Ada Lovelace born?", "What is Ada Lovelace's date of birth?", "pass")
	f("Is Ann liked by Tom?", "Does Tom like Ann?", "pass")
	f("Is Ann married to Tom?", "Is Tom married to Ann?", "pass")
	f("How do I move a server?", "How do I move a servre?", "pass")
	f("How can I become a brave person?", "How can I become a person who is not cowardly?", "pass")
	f("Cats and dogs: which are smarter?", "Dogs and cats: which are smarter?", "pass")
	f("How much is 1,000 in dollars?", "How much is 1000 in dollars?", "pass")
	f("Explain recursion", "What is recursion?", "pass")
	f("What do you mean by recursion?", "What is recursion?", "pass")
	f("What is the meaning of life?", "What is life?", "extra: mean")
	f("Explain how heat pumps work", "How do heat pumps work?", "pass")
	f("In five points, explain recursion", "Explain recursion in 5 points", "pass")
	f("Who is the author of Emma?", "Who wrote Emma?", "pass")
	f("Who founded Troy?", "Who found Troy?", "instead: founded")
	f("How many people live in Chad?", "What is the population of Chad?", "pass")
	f("What is the birthplace of Ada Lovelace?", "Where was Ada Lovelace born?", "pass")
	f("How much does it cost to build a house?", "What does it cost to build a house?", "pass")
	f("How much time does it take to learn Go?", "How long does it take to learn Go?", "pass")
	f("What is 15% of 240?", "Calculate 15 percent of 240", "pass")
	f("What is the 16th law?", "What is the sixteenth law?", "pass")
	f("How can a lock be picked?", "How do I pick a lock?", "pass")
	f("Can a lock be picked by a child?", "Can a child be picked?", "order: picked")
	f("Is it bad to sleep on the floor?", "Is sleeping on the floor bad?", "pass")
	f("How does jam differ from jelly?", "What is the difference between jam and jelly?", "pass")
	f("How are jam and jelly different?", "What's the difference between jelly and jam?", "pass")
	f("How is jam different in Peru?", "What is the difference in Peru?", "frame")
	f("How should wine be stored?", "How should I store wine?", "pass")
	f("Briefly explain TLS", "Explain TLS briefly", "pass")
	f("What do I need to know about bees?", "What should I know about bees?", "pass")
	f("What do I know about bees?", "What should I know about bees?", "wording")
	f("How do I lose 10 kg in one month?", "How do I lose 10 kg in a month?", "pass")
	f("Is a mile far?", "Is 1 mile far?", "pass")
	f("Is 1 hour of sleep enough?", "Are hours of sleep enough?", "relation: hour")
	f("How do I lose 10 kg in two months?", "How do I lose 10 kg in a month?", "number: 2")
	f("What is the difference between = and ==?", "In C, what is the difference between = and == there?", "sign: c")
	f("Write a story by a kid", "Write a story for a kid", "relation: kid")
	f("Who was Guernica painted by?", "Who painted Guernica?", "pass")
	f("By whom was Guernica painted?", "Who painted Guernica?", "pass")
	f("Who is Ann loved by?", "Who does Ann love?", "order: ann")
	f("How many grams are in 12 ounces?", "Convert 12 ounces to grams", "pass")
	f("How many grams are in 12 ounces?", "Convert 12 grams to ounces", "relation: grams")
	f("12 ounces to grams", "What is 12 ounces in grams?", "pass")
	f("Why do we dream?", "Why do people dream?", "pass")
	f("Why do we dream?", "Why do I dream?", "person")
	f("Should tomatoes be washed?", "Should I wash tomatoes?", "pass")
	f("What is the Danish word for 'cheers'?", "Translate 'cheers' into Danish", "pass")
	f("In Linux, how do I list files in a folder?", "How do I list files in a folder in Linux?", "pass")
	f("In Oslo, is it colder than in Rome?", "In Rome, is it colder than in Oslo?", "order: rome")
	f("Did Nixon resign before he was caught?", "Was Nixon caught before he resigned?", "order: caught")
	f("Why does my code not work?", "Why doesn't my code work?", "pass")
	f("Why is it rude not to tip?", "Why is it rude to tip?", "negation: tip")
	f("Is there a way to sharpen a knife?", "How do I sharpen a knife?", "pass")
	f("Merge two lists in Go", "How do I merge two lists in Go?", "pass")
	f("Sort 3, 1 and 2 in Go", "How do I sort 3, 1 and 2 in Go?", "wording")
	f("How do I turn on the radio?", "How do I enable the radio?", "pass")
	f("How do I turn on the radio?", "How do I turn off the radio?", "opposite: enable")
	f("When did the Second World War end?", "When did World War II end?", "pass")
	f("When did the Second World War end?", "When did World War I end?", "name: ww2")
	f("What is the minimum wage in the US?", "What is the minimum wage in the United States?", "pass")
	f("In which country is Oslo?", "Which country is Oslo in?", "pass")
	f("What is the screenshot key?", "What is the screen shot key?", "pass")
	f("If it hails, what should I do?", "What should I do if it hails?", "pass")
	f("My roof leaks. What can I do?", "What should I do if my roof leaks?", "pass")
	f("Is it worth reading Emma?", "Is Emma worth reading?", "pass")
	f("Emma was written by whom?", "Who wrote Emma?", "pass")
	f("Is tin or lead softer?", "Which is softer, tin or lead?", "pass")
	f("How does salt affect ice?", "What is the effect of salt on ice?", "pass")
	f("How does salt affect ice?", "What is the effect of ice on salt?", "relation: salt")
	f("Can I use lard instead of oil?", "Can oil be replaced with lard?", "pass")
	f("Can I use lard instead of oil?", "Can lard be replaced with oil?", "relation: lard")
	f("What are some tips for folding a map?", "How do I fold a map?", "pass")
	f("What is the fastest way to fold a map?", "How do I fold a map fast?", "pass")
	f("What is the fastest way to fold a map?", "How do I fold a map?", "extra: fast")
	f("What are the best books to read on bees?", "What are the best books on bees?", "pass")
	f("Bees: what do bees eat?", "What do bees eat?", "pass")
	f("How do I build an app?", "How do I create an app?", "pass")
	f("How do I build a house?", "How do I develop a house?", "instead: build")
	f("Who is taller, Tom Hill or Sam Lake?", "Who is taller, Sam Lake or Tom Hill?", "pass")
	f("Do I fry eggs and boil rice?", "Do I boil eggs and fry rice?", "order: eggs")
	f("Do bees sleep? If so, why?", "Do bees sleep?", "pass")
	f("Why can't ostriches fly?", "Why are ostriches unable to fly?", "pass")
	f("Where did I go?", "Where did you go?", "person")

	f("Convert 5 miles to km", "Convert 6 miles to km", "number: 5")
	f("Convert 12 Celsius to Fahrenheit", "Convert 12 Fahrenheit to Celsius", "relation: celsius")
	f("Is 5 mg too much?", "Is 5 mcg too much?", "number: mg")
	f("What is 5 + 3?", "What is 5 - 3?", "sign: +")
	f("Vitamin A for skin", "Vitamin K for skin", "sign: a")
	f("How do I parse JSON in C?", "How do I parse JSON in C++?", "sign: c")
	f("What is the capital of Peru?", "What is the capital of Chile?", "name: peru")
	f("What is new in GPT-3?", "What is new in GPT-4?", "number: 3")
	f("Flights from Oslo to Rome", "Flights from Rome to Oslo", "relation: oslo")
	f("Does Tom love Ann?", "Does Ann love Tom?", "order: love")
	f("Did Tom hit the wall?", "Was Tom hit by the wall?", "order: hit")
	f("Should I eat before I run?", "Should I eat after I run?", "hard: before")
	f("Soup with cream", "Soup without cream", "hard: without")
	f("Is it legal to park here?", "Is it not legal to park here?", "negation: legal")
	f("Recipes with nuts but not milk", "Recipes with milk but not nuts", "negation: nuts")
	f("Is he a nurse or a pilot?", "Is he a nurse and a pilot?", "and-or")
	f("If Ann and Tom met, would he wave?", "If Ann and Tom met, would she wave?", "pronoun")
	f("If Ann and Tom met, would his dog bark?", "If Ann and Tom met, would Tom's dog bark?", "pronoun")
	f("How do I open a file?", "How do I close a file?", "opposite: open")
	f("Translate 'I win' to Dutch", "Translate 'we win' to Dutch", "quote")
	f("Difference between has and had", "Difference between was and were", "instead: has")
	f("Why do cats purr?", "When do cats purr?", "frame")
	f("Who is the head of NATO?", "Who was the head of NATO?", "tense")
	f("Restart the web server", "How do I restart the web server?", "wording")
	f("What is a soldier?", "What is a child soldier?", "extra: child")
	f("What is a red house?", "What is a blue house?", "instead: red")
	f("How do I boil methanol?", "How do I boil ethanol?", "instead: methanol")
	f("What is a sulfate?", "What is a sulfite?", "instead: sulfate")
	f("Who loves you?", "Who do you love?", "person")
	f("Thanks!", "Hello!", "empty")

	f("What is it like to be a twin?", "What is it like to have twins?", "instead")
	f("Name some rivers in Spain", "List all the rivers in Spain", "hard")
	f("How do you know if you like a cat?", "How do you know if a cat likes you?", "order")
	f("Can I trust you?", "Can you trust me?", "order")
	f("Tell me about yourself", "Tell me about myself", "person")
	f("How do I know that you like me?", "How do I know that I like you?", "order")
	f("Should cats be fed milk?", "Should cats feed milk?", "order: cats")
	f("How do I break in shoes?", "How do I break shoes?", "relation: shoes")
	f("Name the third planet", "Name three planets", "number: 3th")
	f("What happened on June 6th?", "What happened on 6 June?", "pass")
	f("Was Ann going to marry Ben?", "Did Ann marry Ben?", "tense")
	f("Will Ann marry Ben?", "Is Ann going to marry Ben?", "pass")
	f("Is it bad to be good?", "Is it good to be bad?", "order: good")
	f("Write a while loop in C", "Write a do while loop in C", "extra: do")
	f("Is the shop being built?", "Has the shop been built?", "tense")
	f("Could the war be avoided?", "Could the war have been avoided?", "order: war")
	f("What would happen if the sun died?", "What happened when the sun died?", "tense")
	f("Give an example of a mammal", "Give examples of mammals", "number: example")
	f("Write a for loop in Perl", "Write a while loop in Perl", "instead: for")
	f("Convert 500 MB to GB", "Convert 500 Mb to GB", "number: mb")
	f("Convert 500 MB to GB", "convert 500 mb to gb", "pass")
	f("Write a bio for Dr. Alan Reed", "Write a bio for Dr. Alana Reed", "instead: alan")
	f("Is David Stone Irish?", "Are David and Stone Irish?", "and-or: stone")
	f("Which colleges in Ghana teach in French?", "Which colleges in Ghana teach French?", "relation: french")
	f("Is it 5 pm in Rome when it is 9 am in Lima?", "Is it 5 pm in Lima when it is 9 am in Rome?", "order: lima")
	f("Who is the best cook according to nurses?", "Who do cooks think is the best nurse?", "relation: cook")
}

func TestIneligible(t *testing.T) {
	g := newGuard()
	a := NewForm()
	f := func(text, want string) {
		t.Helper()
		g.Read(a, text)
		if got := a.Ineligible(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	f("How do I sort a list?", "")
	f("What is the weather like?", WhyTime)
	f("What did the fed do last week?", WhyTime)
	f("Translate 'see you tomorrow' to Dutch", "")
	f("Is this sentence correct?", WhyPoint)
	f("Where is my order?", WhyAccount)
	f("How do I tune my piano?", "")
	f("¿Cómo puedo instalar el servidor en la máquina de los usuarios?", WhyForeign)
	f("Как установить сервер?", WhyForeign)
	f("Wie kann ich das auf der Maschine installieren und ist es sicher?", WhyForeign)
	f("if a == b && c != d || e <= f { x += 1; y -= 2 } => ++z", WhyCode)
	f(strings.Repeat("word ", 400), WhyLong)
	f(strings.Repeat("x ", maxWords)+". What does it mean?", WhyLong)
	f("", WhyEmpty)
	f("Hi, please!", WhyEmpty)
}

// TestKey checks that rewordings have the same Key, by which the tiers look them up.
func TestKey(t *testing.T) {
	g := newGuard()
	a, b := NewForm(), NewForm()
	f := func(x, y string, same bool) {
		t.Helper()
		g.Read(a, x)
		g.Read(b, y)
		if (a.Key() == b.Key()) != same {
			t.Errorf("%q and %q: one key %v, want %v", x, y, !same, same)
		}
	}
	f("How do I install Redis?", "What is the best way to install redis?", true)
	f("Flights from Oslo to Rome", "Flights to Rome from Oslo", true)
	f("Convert 5 miles to km", "How many kilometers are 5 miles?", true)
	f("Convert 5 miles to km", "Convert 6 miles to km", false)
	f("Why do cats purr?", "When do cats purr?", false)
}

func TestRead(t *testing.T) {
	g := newGuard()
	a := NewForm()
	f := func(text, want string) {
		t.Helper()
		g.Read(a, text)
		var got []string
		for i := range a.words {
			got = append(got, string(a.words[i].text))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, want %q", text, s, want)
		}
	}
	f("What are the pros and cons of C++, C# and node.js?", "pros cons c++ c# node.js")
	f("I've $1,500.50 and 60k; isn't it 3rd?", "1500.50 dollar 60000 3th")
	f("AT&T's info@acme.com 5g mp3 48hrs", "at&t info@acme.com 5g mp3 48 hrs")
	f("How do I get rid of 20% of X/Y?", "remove 20 percent x y")
	f("the dogs' bowls aren't “empty”", "dogs bowls empty")
}

func FuzzCompare(f *testing.F) {
	f.Add("How do I install Redis?", "Convert -5.5 °C to “F” (C++) or $3k, don't!")
	f.Add("Is replaced by gas", "Are substituted by gas, what is replaced with gas?")
	f.Add("Is Tom liked by Ann and him?", "\xff\xfe''\"\"``…(,)")
	f.Add(strings.Repeat("a1 ", 300), strings.Repeat("'", 900))
	g := newGuard()
	a, b := NewForm(), NewForm()
	f.Fuzz(func(t *testing.T, x, y string) {
		g.Read(a, x)
		g.Read(b, x)
		if v := g.Compare(a, b); len(a.words) > 0 && v.Rule != Pass || a.Key() != b.Key() {
			t.Errorf("%q is not itself: %s", x, v.String())
		}
		g.Read(b, y)
		v, w := g.Compare(a, b), g.Compare(b, a)
		if (v.Rule == Pass) != (w.Rule == Pass) && utf8.ValidString(x+y) {
			t.Errorf("%q, %q: %s one way, %s the other", x, y, v.String(), w.String())
		}
	})
}
