package io.iotdarelay.iotda;

import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.PlatformAnswer;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says what an answer means: by the platform's {@code error_code} first, because a 403 means four different things, then by
 * the status. What is in no list is taken for what HTTP says.
 */
final class Classifier {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** It stands in logs and headers, so it has to look like one. */
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** No sane token lives longer; it keeps arithmetic on times from overflowing. */
    private static final Duration MAX_LIFETIME = Duration.ofDays(3650);

    private final Clock clock;

    Classifier(Clock clock) {
        this.clock = clock;
    }

    /** The answer to a report. */
    Verdict report(HttpAnswer answer) {
        if (answer.isSuccess()) {
            return new Verdict.Accepted();
        }
        PlatformAnswer said = said(answer);
        Verdict byCode = byCode(said, answer);
        return byCode == null ? byStatus(said, answer) : byCode;
    }

    /** The answer to an authentication. */
    Authentication authentication(HttpAnswer answer) {
        if (answer.isSuccess()) {
            return granted(answer.body());
        }
        return new Authentication.Denied(
                switch (report(answer)) {
                    case Verdict.InvalidToken invalid -> new Verdict.DeviceRefused(invalid.said());
                    case Verdict verdict -> verdict;
                });
    }

    private static Authentication granted(String body) {
        JsonNode json = tree(body);
        String token = json.path("access_token").asString("");
        long seconds = json.path("expires_in").asLong(0);
        if (!AccessToken.isValid(token) || seconds <= 0) {
            return new Authentication.Denied(new Verdict.Unavailable(
                    "the answer to an authentication holds no usable token", Optional.empty(), Optional.empty()));
        }
        Duration lifetime = Duration.ofSeconds(Math.min(seconds, MAX_LIFETIME.toSeconds()));
        return new Authentication.Granted(new AccessToken(token), lifetime);
    }

    private @Nullable Verdict byCode(PlatformAnswer said, HttpAnswer answer) {
        if (said.errorCode() == null || said.status() < 400 || said.status() >= 500) {
            return null;
        }
        return switch (said.errorCode()) {
            case "IOTDA.000002", "IOTDA.000004" -> new Verdict.InvalidToken(said);
            case "IOTDA.000006" -> new Verdict.Invalid(said);
            case "IOTDA.021101" -> new Verdict.Throttled(said, false, retryAfter(answer));
            case "IOTDA.021102" -> new Verdict.Throttled(said, true, retryAfter(answer));
            case "IOTDA.021103", "IOTDA.021105" -> new Verdict.TooLarge(said);
            case "IOTDA.021104" -> new Verdict.ChildRejected(said);
            default -> null;
        };
    }

    private Verdict byStatus(PlatformAnswer said, HttpAnswer answer) {
        int status = said.status();
        return switch (status) {
            case 401 -> new Verdict.InvalidToken(said);
            case 403 -> new Verdict.Forbidden(said);
            case 404, 405, 415 ->
                new Verdict.Misconfigured(
                        "HTTP " + status + ": the address is not that of an IoTDA instance", Optional.of(said));
            case 408, 425 -> unavailable(said, answer);
            case 413, 414, 431 -> new Verdict.TooLarge(said);
            case 429 -> new Verdict.Throttled(said, false, retryAfter(answer));
            default -> {
                if (status < 400) {
                    yield new Verdict.Misconfigured(
                            "HTTP " + status
                                    + ": the platform does not redirect; the address is wrong, or something stands"
                                    + " between",
                            Optional.of(said));
                }
                yield status < 500 ? new Verdict.Invalid(said) : unavailable(said, answer);
            }
        };
    }

    private Verdict.Unavailable unavailable(PlatformAnswer said, HttpAnswer answer) {
        return new Verdict.Unavailable("HTTP " + said.status(), Optional.of(said), retryAfter(answer));
    }

    private static PlatformAnswer said(HttpAnswer answer) {
        String code = tree(answer.body()).path("error_code").asString("");
        String body = answer.body();
        return new PlatformAnswer(
                answer.status(),
                ERROR_CODE.matcher(code).matches() ? code : null,
                body.substring(0, Math.min(body.length(), PlatformAnswer.MAX_EXCERPT)));
    }

    private static JsonNode tree(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    /** Seconds, or a date (RFC 9110, section 10.2.3). What is neither does not count. */
    private Optional<Duration> retryAfter(HttpAnswer answer) {
        return answer.retryAfter().map(String::strip).flatMap(value -> {
            if (value.matches("\\d{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
            }
            try {
                Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
                Duration wait = Duration.between(clock.instant(), date);
                return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        });
    }
}
