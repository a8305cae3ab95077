#!/bin/sh
# Records the profile that the compiler is given (bench/asbru.pgo): what the gateway's CPU
# does while it relays and translates, replies and streams. make pgo calls it.
#   bench/record.sh ASBRU OUT
set -eu
out=$2
port=${PORT:-19100} # and the two after it
provider=127.0.0.1:$port gateway=127.0.0.1:$((port + 1)) admin=127.0.0.1:$((port + 2))
key=vk-profile-0123456789abcdef
dir=$(mktemp -d)
pids=
asbru=$dir/asbru
cp "$1" "$asbru" # the profile names it
trap 'kill $pids 2>/dev/null || true; rm -rf "$dir"' EXIT

cat >"$dir/asbru.yaml" <<Y
listen: $gateway
admin: {listen: $admin}
observability: {access_log: $dir/access.log}
providers:
  - {name: openai, base_url: http://$provider/v1, api_key: sk-profile}
  - {name: claude, type: anthropic, base_url: http://$provider, api_key: sk-profile}
virtual_keys: [{name: profile, key: $key}]
Y
"$asbru" mock --listen "$provider" --reply-bytes 1500 2>"$dir/mock.log" &
pids=$!
"$asbru" serve --config "$dir/asbru.yaml" 2>"$dir/serve.log" &
pids="$pids $!"
until curl -fs "http://$admin/health/ready" >/dev/null; do sleep 0.1; done

load() {
	"$asbru" loadgen --key $key --foreign 100 --warmup 0s --rounds 1 --request-bytes 1500 "$@" "http://$gateway" >>"$dir/load.log"
}
loads() {
	load --model openai/mock --max --conns 32 --window 12s
	load --model openai/mock --rate 5000 --conns 64 --window 8s
	load --model openai/mock --max --conns 16 --stream --window 6s
	load --model openai/mock+mock-bytes-10000 --max --conns 16 --request-bytes 10000 --window 3s
	load --model claude/mock --max --conns 8 --window 3s
	load --model claude/mock --max --conns 8 --stream --window 3s
}
curl -fs "http://$admin/debug/pprof/profile?seconds=36" -o "$dir/cpu" &
recording=$!
loads
wait $recording
mv "$dir/cpu" "$out"
