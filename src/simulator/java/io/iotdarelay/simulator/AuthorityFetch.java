package io.iotdarelay.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Fetches another simulator's certificate authority, for whoever shall trust it: it waits until that one listens. */
final class AuthorityFetch implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int SAID_AGAIN_AFTER = 30;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final HttpRequest request;
    private final Path file;
    private final Consumer<String> notices;
    private String written = "";
    private String trouble = "";
    private int failures;

    /**
     * Nothing is fetched yet.
     *
     * @param notices what somebody who waits should know
     */
    AuthorityFetch(String url, Path file, Consumer<String> notices) {
        this.request =
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).GET().build();
        this.file = file;
        this.notices = notices;
    }

    /** Until it has been fetched; with a pause after that, again and again. */
    void run(Optional<Duration> every) throws IOException {
        while (!isFetched() || every.isPresent()) {
            LockSupport.parkNanos((written.isEmpty() ? PAUSE : every.orElse(PAUSE)).toNanos());
        }
    }

    /** Tries once. The file changes only where the certificate has, and is never half written. */
    boolean isFetched() throws IOException {
        Optional<String> authority = fetch();
        if (authority.isPresent() && !authority.get().equals(written)) {
            Path made = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(made, authority.get(), StandardCharsets.US_ASCII);
            Files.move(made, file, StandardCopyOption.REPLACE_EXISTING);
            written = authority.get();
            notices.accept("wrote " + file);
        }
        return authority.isPresent();
    }

    @Override
    public void close() {
        http.close();
    }

    private Optional<String> fetch() {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200 && answer.body().contains("-----BEGIN CERTIFICATE-----")) {
                trouble = "";
                failures = 0;
                return Optional.of(answer.body());
            }
            failed("it answers " + answer.statusCode() + ", and no certificate");
        } catch (IOException e) {
            failed("no answer (" + e.getClass().getSimpleName() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return Optional.empty();
    }

    private void failed(String why) {
        if (!why.equals(trouble) || failures % SAID_AGAIN_AFTER == 0) {
            notices.accept("waiting for " + request.uri() + ": " + why);
        }
        trouble = why;
        failures++;
    }
}
