package io.iotdarelay.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a simulator behaves where the documents leave a choice. Set before it starts. */
public final class SimulatorOptions {

    int port;
    Duration tokenLifetime = Duration.ofDays(1);
    Duration timestampTolerance = Duration.ofHours(1);
    ModelFilter modelFilter = ModelFilter.SILENT_PROPERTY;
    boolean partialBatches;
    boolean emptyObjects;
    Reply oversizedMessage = Errors.tooLarge();
    boolean detailedLedger = true;
    boolean tls13 = true;
    long seed = 1;
    Clock clock = Clock.systemUTC();
    Consumer<Exchange> onExchange = exchange -> {};
    Consumer<Head> onHead = head -> {};

    /**
     * A request and its response, as they were on the wire.
     *
     * @param token the header {@code access_token}, where there was one
     */
    public record Exchange(String path, @Nullable String token, String body, int status, String answer) {}

    /** The path of a request, and its headers by their names in lower case. */
    public record Head(String path, Map<String, String> headers) {}

    /** Shows the head of each request, on the simulator's event loop; it must not block. */
    public SimulatorOptions onHead(Consumer<Head> value) {
        onHead = value;
        return this;
    }

    /** Shows each request that was judged, on the simulator's event loop; it must not block. */
    public SimulatorOptions onExchange(Consumer<Exchange> value) {
        onExchange = value;
        return this;
    }

    /** The port to listen on; any that is free by default. */
    public SimulatorOptions port(int value) {
        port = value;
        return this;
    }

    /** How long tokens live; a day by default. The response states one second less. */
    public SimulatorOptions tokenLifetime(Duration value) {
        tokenLifetime = value;
        return this;
    }

    /** How far the hour of an authentication with sign_type 1 may be off; an hour by default. */
    public SimulatorOptions timestampTolerance(Duration value) {
        timestampTolerance = value;
        return this;
    }

    /** What is done with values that do not fit the product model. */
    public SimulatorOptions modelFilter(ModelFilter value) {
        modelFilter = value;
        return this;
    }

    /** A gateway's batch with a foreign child is refused, but its other children are accepted. */
    public SimulatorOptions partialBatches() {
        partialBatches = true;
        return this;
    }

    /** A success has the body {@code {}}, not none. */
    public SimulatorOptions emptyObjects() {
        emptyObjects = true;
        return this;
    }

    /** The answer to a message of more than 1 MB, which no document names. */
    public SimulatorOptions oversizedMessage(Reply value) {
        oversizedMessage = value;
        return this;
    }

    /** The ledger only counts. */
    public SimulatorOptions countOnly() {
        detailedLedger = false;
        return this;
    }

    /** Offers TLS 1.2 alone, as the platform's documents do. */
    public SimulatorOptions withoutTls13() {
        tls13 = false;
        return this;
    }

    /** For random delays. */
    public SimulatorOptions seed(long value) {
        seed = value;
        return this;
    }

    /** For tokens, timestamps and the ledger. */
    public SimulatorOptions clock(InstantSource value) {
        clock = value.withZone(ZoneOffset.UTC);
        return this;
    }
}
