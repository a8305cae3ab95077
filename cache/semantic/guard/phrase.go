package guard

// phraseText are phrases of several words that mean one verb. +word: the verb that replaces them.
const phraseText = `
turn|switch on +enable
turn|switch off +disable
get|getting|got rid of +remove
deal|deals|dealing|cope|copes|coping with +handle
log|sign|logging|signing in|into to? +login
log|sign|logging|signing out|off of? +logout
tell|know|see if|whether +know
find out if|whether +know
set|setting up +setup
give|giving up +quit
get|getting in touch with +contact
united states of? america? +usa
united kingdom +uk
usa|us dollar|dollars +dollar
capital city|cities +capital
plural form|forms +plural
signs and symptoms +symptom
first world war +ww1
world war i|1|one +ww1
wwi|ww1 +ww1
second world war +ww2
world war ii|2|two +ww2
wwii|ww2 +ww2
a lot of +many
e mail|mails +email
wi fi +wifi
brand new +new
a few +some
want|wants to be|become +wantbe
lose|losing weight +weightloss
weight loss +weightloss
gain|gaining weight +weightgain
weight gain +weightgain
last|family name|names +surname
chances of|that +odds
driving|driver|drivers license|licence|licenses|licences +driverslicense
cell|mobile phone|phones +cellphone
get|gets|getting|become|becoming|be better at +improve
improve at|on +improve
get|find|land a job +findjob
get|find jobs +findjob
getting|finding a job +findjob
per|every|each day +daily
per|every|each week +weekly
per|every|each month +monthly
per|every|each year +yearly
start|starting|started up +start
get|gain|getting|gaining more +increase
mind blowing +amazing
mindblowing +amazing
all about +ever
tv|television show|shows|series|serial|serials|program|programs +tvseries
on|over|via|through|from|using the? internet +online
from|through online +online
on my|your|our|his|her|their own +byoneself
by myself|yourself|oneself|himself|herself|themselves|ourselves +byoneself
of all time|times +ever
all time +ever
in your opinion +ever
according to you +ever
get|getting|gets|got over +overcome
`

// phrases replaces each phrase by its one word.
func (r *reader) phrases(toks []token) []token {
	by := r.g.lex.phrases
	for i := 0; i < len(toks); i++ {
		if int(toks[i].word) >= len(by) || by[toks[i].word] == nil || toks[i].quoted {
			continue
		}
		p, n := r.lex().best(by, toks[i:])
		if p == nil {
			continue
		}
		t := &toks[i]
		if n > 1 {
			copy(toks[i+1:], toks[i+n:])
			end := len(toks) - n + 1
			for k := end; k < len(toks); k++ {
				toks[k] = token{shape: shapePause}
			}
			toks = toks[:end]
		}
		t.text = r.f.lexer.put(p.adds)
		t.word, t.shape, t.caps = r.lex().find(t.text), shapeWord, false
	}
	return toks
}
