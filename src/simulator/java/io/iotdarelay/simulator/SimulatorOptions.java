package io.iotdarelay.simulator;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
    int ledgerKeeps = Integer.MAX_VALUE;
    boolean tls13 = true;
    long seed = 1;
    Clock clock = Clock.systemUTC();
    LongSupplier nanoTime = System::nanoTime;
    String host = "127.0.0.1";
    List<String> names = List.of("localhost", "127.0.0.1");

    @Nullable
    Path certificate;

    @Nullable
    Path key;

    ApplicationAccess access = ApplicationAccess.SAMPLE;
    Rates rates = Rates.none();
    Throttling throttling = Throttling.FORBIDDEN;
    boolean enforceRequired;
    boolean tokensSurvive;
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

    /** The address to listen on; that of this machine alone by default. */
    public SimulatorOptions host(String value) {
        host = value;
        return this;
    }

    /** The names and addresses that the certificate is for; {@code localhost} and {@code 127.0.0.1} by default. */
    public SimulatorOptions names(List<String> value) {
        names = List.copyOf(value);
        return this;
    }

    /** Presents this certificate with its chain instead of one of its own; both files are PEM. */
    public SimulatorOptions certificate(Path newCertificate, Path newKey) {
        certificate = newCertificate;
        key = newKey;
        return this;
    }

    /** Who may call the application side; {@link ApplicationAccess#SAMPLE} by default. */
    public SimulatorOptions access(ApplicationAccess value) {
        access = value;
        return this;
    }

    /** How many calls of the application side are taken; any number by default. */
    public SimulatorOptions rates(Rates value) {
        rates = value;
        return this;
    }

    /** How calls beyond a rate are refused. */
    public SimulatorOptions throttling(Throttling value) {
        throttling = value;
        return this;
    }

    /** A service that lacks a mandatory property does not fit the model. The documents say that it does. */
    public SimulatorOptions enforceRequired() {
        enforceRequired = true;
        return this;
    }

    /** Tokens go on when the secret is reset, or the device frozen or deleted, over the application side. */
    public SimulatorOptions tokensSurvive() {
        tokensSurvive = true;
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
        return ledgerKeeps(0);
    }

    /** The ledger keeps so many requests and reports, the latest ones, and counts all; it keeps all by default. */
    public SimulatorOptions ledgerKeeps(int value) {
        ledgerKeeps = value;
        return this;
    }

    /** Offers TLS 1.2 alone, as the platform's documents do. */
    public SimulatorOptions withoutTls13() {
        tls13 = false;
        return this;
    }

    /** For random delays, and for secrets and IDs that the platform makes. */
    public SimulatorOptions seed(long value) {
        seed = value;
        return this;
    }

    /** For the rates of the application side. */
    public SimulatorOptions nanoTime(LongSupplier value) {
        nanoTime = value;
        return this;
    }

    /** For tokens, timestamps, signatures, shadows and the ledger. */
    public SimulatorOptions clock(InstantSource value) {
        clock = value.withZone(ZoneOffset.UTC);
        return this;
    }
}
