package io.iotdarelay.iotda;

import io.iotdarelay.egress.RetryAfter;
import io.iotdarelay.platform.Authentication;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.AccessToken;
import io.iotdarelay.telemetry.PlatformAnswer;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Classifies a response: by the platform's {@code error_code} first, because a 403 has four different meanings, then by the
 * status. Anything unlisted has its standard HTTP meaning. Belongs to one event loop.
 */
final class Classifier {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** It is written to logs and headers, so it must have the form of an error code. */
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** No reasonable token is valid longer; this keeps arithmetic on times from overflowing. */
    private static final Duration MAX_LIFETIME = Duration.ofDays(3650);

    /** For a token without a stated lifetime. Too short costs an authentication, too long a failed report. */
    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(10);

    /** The prefix of the platform's own error codes. */
    private static final String PLATFORM = "IOTDA.";

    private static final Verdict ACCEPTED = new Verdict.Accepted();

    private final Clock clock;

    /** The last response that meant success: most are like it, and need not be parsed again. */
    private int acceptedStatus;

    private String acceptedBody = "";

    Classifier(Clock clock) {
        this.clock = clock;
    }

    /** The answer to a report. */
    Verdict report(HttpAnswer answer) {
        if (answer.status() == acceptedStatus && answer.body().equals(acceptedBody)) {
            return ACCEPTED;
        }
        Verdict verdict = verdict(answer, tree(answer.body()));
        if (verdict instanceof Verdict.Accepted) {
            acceptedStatus = answer.status();
            acceptedBody = answer.body();
        }
        return verdict;
    }

    private Verdict verdict(HttpAnswer answer, JsonNode tree) {
        PlatformAnswer said = said(answer, tree);
        Verdict byCode = byCode(said, answer);
        return byCode == null ? byStatus(said, answer, tree) : byCode;
    }

    /** The answer to an authentication. */
    Authentication authentication(HttpAnswer answer) {
        JsonNode tree = tree(answer.body());
        return switch (verdict(answer, tree)) {
            case Verdict.Accepted ignored -> granted(answer, tree);
            case Verdict.InvalidToken invalid -> new Authentication.Denied(new Verdict.DeviceRefused(invalid.said()));
            case Verdict verdict -> new Authentication.Denied(verdict);
        };
    }

    private static Authentication granted(HttpAnswer answer, JsonNode json) {
        String token = json.path("access_token").asString("");
        JsonNode expires = json.path("expires_in");
        long seconds = expires.asLong(expires.isMissingNode() || expires.isNull() ? DEFAULT_LIFETIME.toSeconds() : 0);
        if (!AccessToken.isValid(token) || seconds <= 0) {
            return new Authentication.Denied(new Verdict.DeviceTrouble(
                    "the authentication response contains no usable token", said(answer.without(token), json)));
        }
        Duration lifetime = Duration.ofSeconds(Math.min(seconds, MAX_LIFETIME.toSeconds()));
        return new Authentication.Granted(new AccessToken(token), lifetime);
    }

    private @Nullable Verdict byCode(PlatformAnswer said, HttpAnswer answer) {
        if (said.errorCode() == null || !(answer.isSuccess() || (said.status() >= 400 && said.status() < 500))) {
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

    private Verdict byStatus(PlatformAnswer said, HttpAnswer answer, JsonNode tree) {
        int status = said.status();
        if (answer.isSuccess()) {
            return success(said, answer, tree);
        }
        return switch (status) {
            case 401 -> new Verdict.InvalidToken(said);
            case 403 -> new Verdict.Forbidden(said);
            case 404, 405, 415 ->
                misaddressed(said, "HTTP " + status + ": the address is not that of an IoTDA instance");
            case 408, 425 -> unavailable(said, answer);
            case 413, 414, 431 -> new Verdict.TooLarge(said);
            case 429 -> new Verdict.Throttled(said, false, retryAfter(answer));
            default -> {
                if (status < 400) {
                    yield misaddressed(
                            said,
                            "HTTP " + status
                                    + ": the platform does not redirect; the address is wrong, or a proxy answers");
                }
                yield status < 500 ? new Verdict.Invalid(said) : unavailable(said, answer);
            }
        };
    }

    /** A success of the platform has no body, or a JSON object. Any other 200 is a maintenance page, a proxy or a portal. */
    private static Verdict success(PlatformAnswer said, HttpAnswer answer, JsonNode tree) {
        if (said.errorCode() != null) {
            return new Verdict.DeviceTrouble("HTTP " + said.status() + " with error " + said.errorCode(), said);
        }
        return answer.body().isBlank() || tree.isObject()
                ? new Verdict.Accepted()
                : misaddressed(
                        said, "HTTP " + said.status() + " with a body that is not the platform's: is it a proxy?");
    }

    /** With one of the platform's error codes the address is right, and the device is at fault. */
    private static Verdict misaddressed(PlatformAnswer said, String why) {
        boolean isThePlatform = said.errorCode() != null && said.errorCode().startsWith(PLATFORM);
        return isThePlatform
                ? new Verdict.DeviceTrouble("HTTP " + said.status() + " " + said.errorCode(), said)
                : new Verdict.Misaddressed(why, said);
    }

    private Verdict.Unavailable unavailable(PlatformAnswer said, HttpAnswer answer) {
        return new Verdict.Unavailable("HTTP " + said.status(), Optional.of(said), retryAfter(answer));
    }

    private static PlatformAnswer said(HttpAnswer answer, JsonNode tree) {
        String code = tree.path("error_code").asString("");
        String body = answer.body();
        return new PlatformAnswer(
                answer.status(),
                ERROR_CODE.matcher(code).matches() ? code : null,
                body.substring(0, Math.min(body.length(), PlatformAnswer.MAX_EXCERPT)));
    }

    private static JsonNode tree(String body) {
        if (body.isEmpty()) {
            return JSON.missingNode();
        }
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    private Optional<Duration> retryAfter(HttpAnswer answer) {
        return answer.retryAfter().flatMap(value -> RetryAfter.parse(value, clock.instant()));
    }
}
