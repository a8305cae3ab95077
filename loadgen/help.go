package loadgen

import (
	"fmt"
	"strings"
)

// Summary is the line of the subcommand in the list of commands.
const Summary = "send load to one or several servers and say what each adds"

const usageText = `asbru loadgen: ` + Summary + `

  asbru loadgen --rate 5000 --duration 10s http://127.0.0.1:8080
  asbru loadgen --target asbru=http://127.0.0.1:8080 --pid asbru=4711 \
                --target nginx=http://127.0.0.1:8081 --pid nginx=4712 --pid-tree \
                --direct http://127.0.0.1:9900 --pid direct=4713 \
                --rate 5000 --request-bytes 1500 --json run.json --svg run.svg

where to
  --target NAME=URL     a server; repeat for several. A bare URL is a target too
  --direct URL          the server behind them: what others add is counted from it
  --path PATH           default /v1/chat/completions
  --method METHOD       default POST; GET sends no body
  --key [TARGET=]KEY    sent as Authorization: Bearer; TARGET= gives one its own
  --model [TARGET=]M    model of the request, default "mock"
  --header "NAME: V"    a further field; repeat for several
  --request-bytes N     exact size of the body; 0 takes the smallest
  --distinct            a number of its own in each request's text, for caches
  --body-file FILE      this body, as it is
  --stream              ask for an event stream; reports TTFB, TTFT and relay delay
  --i-own-this-server   allow a target that is not this machine

how
  --rate N              open loop, N requests a second (default 1000); latency
                        counts from the moment the schedule names
  --poisson             random gaps; --seed N repeats them (default 1)
  --max                 closed loop: every connection asks again at once
  --hold N              open N streams and hold them for --duration
  --conns N             connections to a target at most (64 with --max, else 4096)
  --lanes N             threads that send (default 1)
  --window D --rounds N length and number of a target's windows (1s, 7); all
                        targets take turns. --duration D is both together
  --warmup D            sent to each target first and not counted (300ms)
  --timeout D           a request may take (10s); --drain D: late replies are
                        awaited after a window (as --timeout)

what is watched
  --pid NAME=PID        a process of a target, or of anything else that belongs to
                        the run; repeat for several. --pid-tree adds children
  --foreign PERCENT     drop windows in which other processes took more of the
                        CPUs (default 15)
  --allow-errors PCT    share of requests that may fail (default 0)

what comes out
  --json FILE --svg FILE   everything measured; a percentile plot
  --gate FILE           hold the run against bounds, see below
  --portable            a goroutine a connection, as on systems without epoll

Exit status: 0 when every request succeeded and every bound holds, 1 when not,
2 when the command line or a file is wrong. NO_COLOR is honoured.

A gate file bounds figures, or ratios of figures, of this run:
  {"bounds": [{"figure": "asbru.added_p50 / best(nginx, haproxy)", "max": 0.9, "soft": true},
              {"figure": "asbru.success", "min": 1}]}
A soft bound fails when the whole interquartile range over the rounds is beyond it.

Figures:
`

// help is the text of --help.
func help() string {
	var b strings.Builder
	b.WriteString(usageText)
	for _, f := range figures {
		if f.about != "" {
			fmt.Fprintf(&b, "\n  %-22s%s", f.name, f.about)
		} else {
			b.WriteString(", " + f.name)
		}
	}
	b.WriteString("\n")
	return b.String()
}
