package rates

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"asbru/core/limit"
)

// prefix begins the names of all keys on the server.
const prefix = "asbru:rate:"

// grants is GCRA for many rates at once, in microseconds of the server's clock. A key holds the time at which
// its rate will have recovered completely. For each rate the arguments are units, period and burst, the units used without
// a grant, those that requests wait for, and those that are wanted besides: of the last, at most an eighth of what is left.
var grants = rueidis.NewLuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local out = {}
for i, key in ipairs(KEYS) do
	local a = (i - 1) * 6
	local each = ARGV[a + 2] / ARGV[a + 1]
	local burst, used, least, most = tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6])
	local back = math.max(tonumber(redis.call('GET', key) or '0'), now)
	back = math.max(back + used * each, now)
	local room = math.floor((now + burst * each - back) / each + 0.000001)
	local grant = math.max(math.min(room, math.max(least, math.min(most, math.max(1, math.floor(room / 8))))), 0)
	back = back + grant * each
	redis.call('SET', key, string.format('%.3f', back), 'PX', string.format('%.0f', math.ceil((back - now) / 1000) + ` + strconv.Itoa(spare) + `))
	out[2 * i - 1] = string.format('%.0f', grant)
	out[2 * i] = string.format('%.0f', math.ceil(back - now))
end
return out
`)

// A need is what one rate lacks.
type need struct {
	share *limit.Share
	limit.Need
	units, full int64 // the result: units granted, and nanoseconds until the rate has recovered
}

// ask asks the server for all of list in one call.
func ask(ctx context.Context, c rueidis.Client, list []need) error {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	keys, args := make([]string, 0, len(list)), make([]string, 0, 6*len(list))
	for i := range list {
		n := &list[i]
		keys = append(keys, prefix+n.share.Name)
		for _, v := range [...]int64{n.Rate.Units, int64(n.Rate.Per / time.Microsecond), max(n.Rate.Burst, 0), n.Used, n.Least, n.Most} {
			args = append(args, strconv.FormatInt(v, 10))
		}
		if n.Rate.Burst <= 0 {
			args[len(args)-4] = strconv.FormatInt(n.Rate.Units, 10)
		}
	}
	said, err := grants.Exec(ctx, c, keys, args).AsStrSlice()
	if err != nil {
		return fmt.Errorf("cannot ask the server of shared rate limits: %w", err)
	}
	if len(said) != 2*len(list) {
		return errAnswer
	}
	for i := range list {
		units, err := strconv.ParseInt(said[2*i], 10, 64)
		full, err2 := strconv.ParseInt(said[2*i+1], 10, 64)
		if err != nil || err2 != nil || units < 0 || full < 0 || full > int64(2*limit.MostBurst*limit.MaxPer/time.Microsecond) {
			return errAnswer
		}
		list[i].units, list[i].full = units, full*int64(time.Microsecond)
	}
	return nil
}

var errAnswer = errors.New("the server of shared rate limits says what it was not asked")
