package io.iotdarelay.decode;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The readers of one encoding, each made when it is first needed: a format that nobody names is never loaded. */
final class Readers {

    private final Map<Format, ValueReader> made = new ConcurrentHashMap<>();
    private final Encoding encoding;

    Readers(Encoding encoding) {
        this.encoding = encoding;
    }

    ValueReader of(Format format) {
        ValueReader known = made.get(format);
        return known == null ? made.computeIfAbsent(format, this::make) : known;
    }

    private ValueReader make(Format format) {
        int maxSize = encoding.maxSize();
        return switch (format) {
            case JSON -> new JsonValue();
            case JSON_LINES -> new JsonLinesValue();
            case CBOR -> new CborValue(maxSize);
            case MESSAGEPACK -> new MessagePackValue(maxSize);
            case SMILE -> new SmileValue(maxSize);
            case TEXT -> new TextValue();
            case BYTES -> new BytesValue();
            case INFLUX -> new InfluxValue();
            case CSV -> new CsvValue(Objects.requireNonNull(encoding.csv()));
            case SENML -> new SenmlValue(new JsonValue(), SenmlPack.Labels.TEXTS);
            case SENML_CBOR -> new SenmlValue(new CborValue(maxSize), SenmlPack.Labels.NUMBERS);
            case CLOUDEVENTS -> new CloudEventValue(byContentType());
            case CONNECT_JSON -> new ConnectValue();
            case AVRO, PROTOBUF, JSON_SCHEMA -> throw new IllegalArgumentException(format + " needs a schema");
            case AUTO -> new AutoValue(new CloudEventValue(byContentType()), byContentType());
        };
    }

    private ContentTypeValue byContentType() {
        return new ContentTypeValue(this::of, encoding.csv() != null);
    }
}
