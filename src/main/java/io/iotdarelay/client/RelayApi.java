package io.iotdarelay.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Asks a relay. An answer has to be complete in time, and is bounded. */
final class RelayApi implements AutoCloseable {

    private static final int LARGEST = 16 * 1024 * 1024;
    private static final int OK = 200;
    private static final int MULTIPLE_CHOICES = 300;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;

    private final HttpClient client;
    private final URI relay;
    private final Credentials credentials;
    private final @Nullable String scope;

    /**
     * For one relay.
     *
     * @param relay its address, without {@code /actuator}
     * @param scope who answers; null for the relay to decide
     */
    RelayApi(URI relay, Credentials credentials, SSLContext tls, Duration connecting, @Nullable String scope) {
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connecting)
                .sslContext(tls)
                .build();
        this.relay = relay;
        this.credentials = credentials;
        this.scope = scope;
    }

    URI relay() {
        return relay;
    }

    /** A part of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** GETs a path below {@code /actuator}. */
    Answer get(String path, Duration patience) {
        return send(request(path).GET(), patience);
    }

    /** POSTs JSON. */
    Answer post(String path, JsonNode body, Duration patience) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(Json.write(body))),
                patience);
    }

    /** DELETEs. */
    Answer delete(String path, Duration patience) {
        return send(request(path).header("Content-Type", "application/json").DELETE(), patience);
    }

    private HttpRequest.Builder request(String path) {
        String scoped = scope == null ? path : path + (path.contains("?") ? "&" : "?") + "scope=" + segment(scope);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(relay + "/actuator" + scoped)).header("Accept", "application/json");
        return credentials instanceof Credentials.Known known
                ? request.header("Authorization", known.basic())
                : request;
    }

    private Answer send(HttpRequest.Builder request, Duration patience) {
        CompletableFuture<Answer> answer = client.sendAsync(request.build(), BodyHandlers.ofInputStream())
                .thenApplyAsync(this::read, task -> Thread.ofVirtual().start(task));
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new Answer.Silent("no answer in " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            return new Answer.Silent(describe(Objects.requireNonNullElse(e.getCause(), e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Silent("interrupted");
        }
    }

    private static String describe(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof UnresolvedAddressException) {
                return "the name of the host is not known";
            }
            if (each instanceof SSLException) {
                return "no TLS connection: " + each.getMessage();
            }
        }
        return switch (failure) {
            case HttpTimeoutException timeout -> "no connection in time";
            case ConnectException refused -> "nobody listens there";
            default -> failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        };
    }

    private Answer read(HttpResponse<InputStream> response) {
        int status = response.statusCode();
        byte[] body;
        try (InputStream in = response.body()) {
            body = in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            return new Answer.Silent("the answer broke off");
        }
        if (status >= MULTIPLE_CHOICES && status < BAD_REQUEST) {
            return new Answer.Strange("status " + status + ", a redirect, which is not followed");
        }
        if (body.length > LARGEST) {
            return new Answer.Strange("an answer of more than " + LARGEST / 1024 / 1024 + " MB");
        }
        @Nullable String text = text(body);
        @Nullable JsonNode json = text == null ? null : json(text);
        if (status >= BAD_REQUEST) {
            return refused(response, json);
        }
        if (status < OK || json == null || text == null) {
            return new Answer.Strange("status " + status + " without JSON");
        }
        return new Answer.Given(status, json, text);
    }

    private Answer refused(HttpResponse<InputStream> response, @Nullable JsonNode json) {
        int status = response.statusCode();
        String error = json == null ? "" : json.path("error").asString("");
        // With a path it is the server's own, which knows no reason.
        boolean named = json != null && !error.isEmpty() && !json.has("path");
        return switch (status) {
            case UNAUTHORIZED ->
                new Answer.Refused(
                        status,
                        credentials instanceof Credentials.Known known
                                ? "it does not accept the user " + known.user() + " with this password"
                                : "it wants to know who asks: --user and --password-file, or IOTDA_RELAY_USER and IOTDA_RELAY_PASSWORD");
            case FORBIDDEN ->
                new Answer.Refused(
                        status,
                        (credentials instanceof Credentials.Known known ? known.user() : "who asks")
                                + " may not do this; it needs the role operator");
            case NOT_FOUND ->
                new Answer.Refused(
                        status, named ? error : "it has no such endpoint: it is older, or does not expose it");
            case TOO_MANY ->
                new Answer.Refused(
                        status,
                        "too many logins have failed; try again in "
                                + response.headers().firstValue("Retry-After").orElse("60") + " s");
            default -> new Answer.Refused(status, error.isEmpty() ? "status " + status : error);
        };
    }

    private static @Nullable String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static @Nullable JsonNode json(String text) {
        JsonNode json = Json.read(text);
        return json != null && json.isObject() ? json : null;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
