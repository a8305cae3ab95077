package guard

// wordClasses are the words that have a function in the rules. A word may be in several rows.
var wordClasses = []struct {
	class class
	words string
}{
	{classArticle, "a an the"},
	{classBe, "is are am was were be been being"},
	{classDo, "do does did doing"},
	{classHave, "have has had having"},
	{classCan, "can could may might"},
	{classWill, "will would shall"},
	{classShould, "should must ought"},
	{classPast, "was were did had"},
	{classPerson, "i me my mine you your yours we us our ours one ones u ur"},
	{classAnyone, "someone somebody anyone anybody"},
	{classOwner, "my mine your yours our ours ur"},
	{classThey, "they them their theirs"},
	{classThird, "it its itself they them their theirs themselves there this that these those such here"},
	{classHe, "he him his himself"},
	{classShe, "she her hers herself"},
	{classPrep, "in on at of for with about into onto to from by as through via using within among upon regarding concerning per towards toward across between according around"},
	{classConj, "and or but if that which who whom because so than then whether while though although"},
	{classNeg, "not never no none nobody nothing neither nor cannot hardly"},
	{classFiller, "really actually truly indeed exactly just ever so very quite basically literally simply properly also too somehow precisely genuinely honestly definitely certainly surely easily"},
	{classPolite, "please kindly thanks thank hi hello hey pls plz greetings dear"},
	{classWh, "what which who whom whose why when where how"},
	{classThere, "that it there here he she this"},
	{classFunction, "some any been let lets else etc able going"},
	{classHard, `before after first last only without more less fewer most least except until till since against despite
		above below under over inside outside maximum minimum all every each always never sometimes often rarely
		both either become simultaneous half double up down out off away back again once twice not no both few many much
		several unless instead next previous former later earlier than`},
	{classRequest, `write explain translate tell give list show describe summarize summarise define suggest recommend provide
		compare calculate compute convert draft compose rewrite outline paraphrase proofread generate`},
	{classGive, "give show suggest recommend name write draw create generate tell compose make invent propose"},
	{classDeed, "learn become enjoy get make find stop improve increase remove lose choose prepare fix install create quit earn"},
	{classScript, `python javascript typescript java go golang rust ruby c c++ c# php swift kotlin scala perl r bash sql haskell lua julia
		matlab dart elixir powershell clojure fortran cobol pandas numpy node node.js js`},
	{classCraft, `sort reverse parse read convert merge split join iterate loop encode decode filter print concatenate append insert
		hash compare count find replace trim round format flatten serialize deserialize copy delete remove rename open close connect
		generate create make write build implement draw plot use define handle catch throw call send get set schedule kill
		swap check validate query fetch download upload cast declare initialize measure`},
	{classMonth, "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec"},
	{classCode, "loop loops statement statements clause clauses keyword keywords operator operators"},
	{classLanguage, `english french german spanish italian portuguese dutch swedish norwegian danish finnish icelandic polish czech
		slovak hungarian romanian bulgarian greek turkish russian ukrainian serbian croatian slovenian albanian latvian lithuanian
		estonian arabic hebrew persian farsi urdu hindi bengali tamil telugu marathi gujarati punjabi nepali sinhala thai
		vietnamese indonesian malay tagalog filipino chinese mandarin cantonese japanese korean mongolian swahili zulu xhosa
		yoruba igbo amharic somali hausa latin esperanto irish welsh scottish gaelic catalan basque galician kannada malayalam burmese khmer lao`},
	{classUnit, `mile kilometer meter centimeter millimeter inch foot yard pound kilogram gram milligram microgram ounce ton tonne stone liter milliliter
		gallon quart pint cup teaspoon tablespoon celsius fahrenheit kelvin acre hectare dollar euro yen rupee yuan peso franc
		won real ruble rand lira krona krone second minute hour day week month year byte kilobyte megabyte gigabyte terabyte
		bit joule calorie kilojoule kilocalorie watt kilowatt horsepower pascal bar psi knot radian degree percent
		kbit mbit gbit tbit kmh mph newton volt ampere nautical`},
	{classSame, `married related similar equal same identical difference differences different compare versus vs engaged adjacent
		both friend friends dating connected equivalent meet met tied between`},
	{classMake, "make makes making made"},
	{classEarlier, `spoke won wrote made took gave went came became began built bought said told thought found sold held led lost left
		kept knew grew flew drew drove ate drank broke chose fell felt fought got heard hid paid ran saw sang sat slept spent stood
		stole swam taught threw understood woke wore rose sent shot`},
	{classTime, `now today tonight yesterday tomorrow currently latest newest weather forecast news nowadays recently upcoming
		breaking headline headlines`},
	{classPoint, "this these those following aforementioned attached"},
	{classAccount, `order account balance card payment transfer invoice subscription booking reservation appointment bill refund
		password pin statement transaction delivery package ticket claim policy paycheck salary flight shipment login
		purchase top-up deposit loan mortgage schedule calendar alarm reminder list location`},
	{classMention, `word phrase verb noun preposition grammar grammatically grammatical spell spelling pronounce
		translate rephrase paraphrase proofread rewrite conjugate synonym antonym rhyme plural
		abbreviation acronym`},
	{0, "myself yourself " + properNames},
	{classForeign, `el la los las que como para por una un con del es il le les des du une est pas avec dans pour sur qui wie ich und
		der die das nicht ein eine zu mit auf ist sind kann che di per non sono och det att som jag de het een van voor ik
		os da em não uma os se su al`},
	{classEnglish, `the a an is are was were be do does did have has had can could would should will to of in on at for with from by
		what which who why when where how i you my your it this that and or if not`},
}

// shortVerbs are regular, or nearly regular, verbs of two to four letters, whose forms the rules of stem
// do not handle.
const shortVerbs = `use make take give have live move love like hate save name bake care fire hire ride rise rule run get put cut
	win pay set sit hit let bet beg buy say see try cry dry fry die lie tie add ask act aim eat end fix fit fly hug hop jog key
	lay log map mix nap own owe pin plan play pop ban bid bow box cap chat clap dig dip drag drop drip draw edit exit fan
	flip grab grip grow hang heal heat help hide join jump keep kick kill kiss know lack land last lead lend lift link list load
	look lose mail mark melt mend mine miss nail need open pack park pass pick post pour pray pull push quit rain rank rate
	read rely rent rest ring risk role roll rub sail scan sell send shop show shut sign sing sink skip slip slow snow sort spin
	spot star stay step stop swim swap tag talk tape tap tell test text time tour trap trim trip turn type vary view vote wait
	wake walk wash wear whip wipe work wrap zip cook code call burn bite blow boil bake dine dive face fade fail fake fall farm
	fear feed feel fill film find flow fold fool form free fund gain gaze glue hack halt hand harm hate haul heap hear hint hold
	hope host hunt hurt iron joke lick line lock loop lure mate milk mock nod note obey oil pace page pair peel plug poke race
	raid raise reach sack seal seek seem sew shed ski slam smell snap sue suit swing tame tear tend tire tow toy trade treat tug
	urge vow wage warn waste wave weigh wed weep whine wish wrote yell yield sum tie bat rob sin tan wag wit age ace arm bar bug cure dye tune mute`

// lemmaText maps forms to the word they count as: irregular forms first, then spellings, then words
// that always mean the same in questions.
const lemmaText = `
man: men
woman: women
child: children kid kids
person: people persons
tooth: teeth
foot: feet ft
mouse: mice
goose: geese
wife: wives
knife: knives
half: halves
leaf: leaves
wolf: wolves
datum: data
criterion: criteria
analysis: analyses
index: indices indexes
beat: beaten beats beating
bite: bit bitten
blow: blew blown
bleed: bled
breed: bred
deal: dealt
dig: dug
feed: fed
flee: fled
hang: hung
lay: laid
prove: proven
seek: sought
sew: sewn
shine: shone
shrink: shrank shrunk shrunken
sink: sank sunk
slide: slid
spin: spun
spring: sprang sprung
stick: stuck
sting: stung
strike: struck stricken
swear: swore sworn
sweep: swept
swing: swung
weave: wove woven
buy: bought buys buying purchase purchases purchased purchasing
steal: stole stolen stealing steals
lose: lost losing loses
know: knew known knowing knows
see: saw seen
do: done
go: went gone goes golang
take: took taken
give: gave given
make: made
write: wrote written writing writes
eat: ate eaten
drink: drank drunk drinking drinks
break: broke broken breaking breaks
speak: spoke spoken speaking speaks
choose: chose chosen choosing chooses
drive: drove driven driving drives
fall: fell fallen
feel: felt
find: found
fight: fought fighting fights
forget: forgot forgotten forgetting forgets
forgive: forgave forgiven forgiving forgives
freeze: froze frozen
grow: grew grown
hear: heard
hide: hid hidden
hold: held
keep: kept
lead: led
leave: leaving
lend: lent
meet: met meeting meets
pay: paid
read: reads
ride: rode ridden
ring: rang rung
rise: rose risen
run: ran
say: said says
sell: sold
send: sent
shake: shook shaken
shoot: shot shooting shoots
sing: sang sung
sit: sat
sleep: slept sleeping sleeps
spend: spent spending spends
stand: stood standing stands
swim: swam swum
teach: taught teaching teaches
tear: tore torn
tell: told
think: thought thinking thinks
throw: threw thrown throwing throws
understand: understood understanding understands
wake: woke woken
wear: wore worn
win: won
build: built building builds
begin: began begun beginning begins start starts started starting commence
bring: brought bringing brings
catch: caught catching catches
come: came coming comes
become: became becoming becomes
draw: drew drawn
fly: flew flown flies
get: got gotten obtain obtained obtaining obtains
hit: hits
have: having
show: shown
learn: learnt learned learning learns
burn: burnt
spell: spelt
lie: lying lies lied
die: dying died dies
tie: tying
use: usage utilize utilise
favorite: favourite favorites favourites
color: colour colors colours
flavor: flavour
honor: honour
humor: humour
labor: labour
neighbor: neighbour neighbours neighbors
behavior: behaviour behaviours behaviors
center: centre centers centres
theater: theatre theaters theatres
meter: metre metres meters
kilometer: kilometre kilometres kilometers km kms
centimeter: centimetre centimetres centimeters cm cms
millimeter: millimetre millimetres millimeters mm
milliliter: ml mls
milligram: mg mgs
microgram: mcg ug
liter: litre litres liters
gray: grey
program: programme programmes programs
defense: defence
license: licence licences licenses
traveler: traveller
jewelry: jewellery
inch: inches
mile: miles
pound: pounds lb lbs
kilogram: kilograms kg kgs kilo kilos
gram: grams
ounce: ounces oz
kilobyte: kb
megabyte: mb
gigabyte: gb
terabyte: tb
hour: hours hr hrs
minute: minutes mins
second: seconds secs
dollar: dollars usd bucks
euro: euros eur
rupee: rupees rs inr
yen: jpy
percent: percentage
natural: naturally
safe: safely
cheap: cheaply
legal: legally
advantage: advantages benefit benefits pro pros upside upsides perk perks
disadvantage: disadvantages drawback drawbacks con cons downside downsides
best: top greatest finest
movie: movies film films
photo: photos picture pictures photograph photographs pic pics image images
large: big
largest: biggest
fix: repair repaired repairing repairs
happen: occur occurs occurred occurring
respond: reply replies replied replying
help: assist
car: cars automobile automobiles
doctor: doctors physician physicians
fast: quick quickly rapidly rapid
faster: quicker
fastest: quickest
easy: easiest simplest
maximum: max
minimum: min
information: info
math: maths mathematics
advertisement: ad ads advert adverts advertisements
exam: exams examination examinations
tv: television televisions
application: app apps applications
database: databases db
postgresql: postgres
kubernetes: k8s
javascript: js
usa: u.s u.s.a
under: below
uk: u.k
cost: price costs prices pricing
way: ways method methods
kind: kinds type types
reason: reasons
write: compose composed composing composes draft drafting
grateful: thankful
establish: founded establishes established establishing
attorney: lawyer lawyers attorneys
simultaneous: simultaneously
intelligent: smart clever
rich: wealthy affluent
happy: joyful
ok: okay
good: nice
vs: versus
job: jobs
emoji: emojis
invest: investment investments investing
prepare: preparation preparations preparing
masturbate: masturbation masturbating
meditate: meditation meditating
taxi: taxis
weight: weights
business: businesses
class: classes
bus: buses
gas: gases
someone: somebody anyone anybody
self: myself yourself yourselves oneself ourselves
virus: viruses
series: series
species: species
physics: physics
economics: economics
news: news
lens: lenses
glasses: glasses
`

// properNames are names that people ask models about and that no dictionary has: a word that is close
// to one of them is a typo.
const properNames = `javascript typescript python kotlin golang rust ruby java scala haskell erlang elixir clojure fortran cobol perl php
	swift dart lua julia matlab powershell bash sql nosql html css json yaml xml csv http https graphql grpc websocket kubernetes docker
	podman terraform ansible jenkins github gitlab bitbucket git linux ubuntu debian fedora centos archlinux windows macos android ios
	postgresql mysql mariadb sqlite mongodb redis cassandra elasticsearch kafka rabbitmq nginx apache haproxy envoy django flask fastapi
	rails laravel spring hibernate react angular vue svelte nextjs nodejs node.js express jquery webpack vite npm pip numpy pandas scipy
	pytorch tensorflow keras sklearn opencv jupyter spark hadoop airflow snowflake databricks aws azure gcp lambda dynamodb cloudflare
	openai anthropic chatgpt claude gemini mistral llama whatsapp instagram facebook twitter linkedin youtube tiktok snapchat netflix
	spotify google microsoft amazon tesla samsung nvidia intel iphone ipad macbook excel powerpoint photoshop wordpress shopify paypal
	bitcoin ethereum blockchain ibuprofen paracetamol acetaminophen aspirin metformin amoxicillin loratadine omeprazole`

// contractionText splits contractions, with their apostrophe and, unless that is another word, without.
const contractionText = `
teh hte: the
waht wat wht: what
wil: will
becuase becasue cuz: because
thru: through
wich whcih: which
hwo: how
adn: and
cna: can
taht: that
can't cant cannot: can not
won't wont: will not
don't dont: do not
doesn't doesnt: does not
didn't didnt: did not
isn't isnt: is not
aren't arent: are not
wasn't wasnt: was not
weren't werent: were not
hasn't hasnt: has not
haven't havent: have not
hadn't hadnt: had not
couldn't couldnt: could not
wouldn't wouldnt: would not
shouldn't shouldnt: should not
mustn't: must not
needn't: need not
ain't aint: is not
i'm im: i am
you're youre: you are
we're: we are
they're theyre: they are
i'll: i will
you'll: you will
he'll: he will
she'll: she will
it'll: it will
we'll: we will
they'll: they will
i've ive: i have
you've youve: you have
we've: we have
they've: they have
i'd: i would
you'd: you would
he'd: he would
she'd: she would
we'd: we would
they'd: they would
let's: let us
gonna: going to
wanna: want to
whats: what is
hows: how is
wheres: where is
whos: who is
whens: when is
whys: why is
what're: what are
how'd: how did
thats: that is
`
