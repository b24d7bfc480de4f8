package io.iotdarelay.commands;

import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records, read in the format that they seem to have. */
final class Samples {

    private final Encoding encoding;
    private final List<Sample> readable = new ArrayList<>();
    private final Map<String, Integer> trouble = new LinkedHashMap<>();
    private int empty;

    Samples(List<SourceRecord> records, RecordDecoders decoders) {
        this.encoding = Guess.encoding(records, decoders);
        records.forEach(record -> add(record, decoders));
    }

    private void add(SourceRecord record, RecordDecoders decoders) {
        byte[] value = record.value();
        if (value == null || value.length == 0) {
            empty++;
            return;
        }
        switch (decoders.of(encoding).decode(record)) {
            case Decoding.Undecodable undecodable ->
                trouble.merge(Guess.format(value) + ": " + undecodable.detail(), 1, Integer::sum);
            case Decoding.Awaiting awaiting ->
                trouble.merge(Guess.format(value) + ": " + awaiting.detail(), 1, Integer::sum);
            case Decoding.Decoded decoded -> readable.add(new Sample(record, decoded.tree()));
        }
    }

    /** How the values are written, as far as that can be guessed. */
    Encoding encoding() {
        return encoding;
    }

    /** The records that can be read. */
    List<Sample> readable() {
        return List.copyOf(readable);
    }

    /** What the others are, each with their number. */
    Map<String, Integer> trouble() {
        return new LinkedHashMap<>(trouble);
    }

    /** How many have no value. */
    int empty() {
        return empty;
    }
}
