#!/bin/bash
# Twenty meters that report in turn, ten records a second; one in a hundred is broken, and becomes a dead letter.
set -euo pipefail
bin=${KAFKA_BIN:-/opt/kafka/bin}
server=${KAFKA_SERVER:-kafka:9092}
pause=${PAUSE:-0.1}
# Exists once a record could not be written; the liveness probe looks for it.
failed=${FAILED:-/tmp/failed}
rm -f "$failed"

topic() {
    until "$bin/kafka-topics.sh" --bootstrap-server "$server" --create --if-not-exists --topic "$@"; do sleep 2; done
}

records() {
    local n=0 meter
    while true; do
        n=$((n + 1))
        meter=meter-$((n % 20 + 1))
        if ((n % 100 == 0)); then
            printf '%s|{"device_id":"%s", this is not JSON\n' "$meter" "$meter"
        else
            printf '%s|{"device_id":"%s","ts":%(%s)T000,"payload":{"temp":%d.%d}}\n' \
                "$meter" "$meter" -1 $((15 + RANDOM % 15)) $((RANDOM % 10))
        fi
        sleep "$pause"
    done
}

topic telemetry.meters --partitions 3
topic iotda-relay.dlt --partitions 1 --config max.message.bytes=1064960
records | "$bin/kafka-console-producer.sh" --bootstrap-server "$server" --topic telemetry.meters \
    --property parse.key=true --property key.separator='|' \
    2> >(while IFS= read -r line; do
        printf '%s\n' "$line" >&2
        if [[ $line == *ERROR* ]]; then : >"$failed"; fi
    done)
