package io.iotdarelay.appside;

import io.iotdarelay.appside.Answer.Said;
import io.iotdarelay.decode.StrictJson;
import io.iotdarelay.egress.RetryAfter;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.NullNode;

/**
 * Classifies a response: by the platform's {@code error_code} first, then by the status. Anything unlisted has its standard HTTP meaning.
 * What only the platform itself can say (that something is absent or refused) is believed only with one of its codes, since a wrong address
 * answers 404, too. Pure.
 *
 * @param call what was asked for
 * @param redaction what may not be shown of the answer
 */
record Classifier(Call call, Redaction redaction) {

    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** The prefix of the platform's own error codes. */
    private static final String PLATFORM = "IOTDA.";

    /** What the platform calls too much, at devices and presumably here, and the gateway in front of it. */
    private static final Pattern FLOW_CONTROL = Pattern.compile("IOTDA\\.02110[12]|API(GW|G)\\.0308");

    private static final String CHECK_KEY =
            " (check the access key of relay.platform and its rights, which take minutes to work, relay.platform.signature and .region, and this"
                    + " machine's clock)";
    private static final String CHECK_RIGHTS =
            " (check relay.platform.endpoint and .instance-id, and the rights of the access key)";
    private static final String CHECK_SPACE = " (check relay.platform.app-id, and the rights of the access key)";
    private static final String CHECK_ADDRESS = " (check relay.platform.endpoint and .project-id)";

    /**
     * What a response means.
     *
     * @param reader what is in the body of a success; empty if it is not what was asked for
     */
    <T> Answer<T> answer(HttpReply reply, Instant now, Function<JsonNode, Optional<T>> reader) {
        JsonNode tree = tree(reply.body());
        Said said = said(reply, tree);
        if (reply.status() / 100 == 2) {
            return reply.tooLong() ? new Answer.Refused<>(said) : success(said, tree, reply.body().length == 0, reader);
        }
        Answer<T> byCode = reply.status() < 500 ? byCode(said.errorCode().orElse(""), said, reply, now) : null;
        return byCode == null ? byStatus(said, reply, now) : byCode;
    }

    private <T> Answer<T> success(Said said, JsonNode tree, boolean isEmpty, Function<JsonNode, Optional<T>> reader) {
        if (said.errorCode().isPresent()) {
            return new Answer.Refused<>(said);
        }
        if (tree.isMissingNode() && !(call.mayAnswerNothing() && isEmpty)) {
            return misconfigured(said, " with a body that is no JSON: is it a proxy?" + CHECK_ADDRESS);
        }
        return reader.apply(tree)
                .<Answer<T>>map(Answer.Found::new)
                .orElseGet(() -> new Answer.Refused<>(
                        new Said(said.status(), Optional.empty(), "the body is not what was asked for")));
    }

    private <T> @Nullable Answer<T> byCode(String code, Said said, HttpReply reply, Instant now) {
        if (FLOW_CONTROL.matcher(code).matches()) {
            return throttled(said, reply, now);
        }
        return switch (code) {
            case "IOTDA.014031" -> new Answer.Exists<>(said);
            case "IOTDA.014000" -> call.subject() == Call.Subject.DEVICE ? new Answer.Absent<>(said) : null;
            case "IOTDA.000006", "IOTDA.013005" -> new Answer.Refused<>(said);
            case "IOTDA.000002" -> misconfigured(said, CHECK_KEY);
            case "IOTDA.000021" -> misconfiguredFor(said, CHECK_RIGHTS);
            case "IOTDA.001000", "IOTDA.001006" -> misconfiguredFor(said, CHECK_SPACE);
            case "IOTDA.000029" -> misconfigured(said, CHECK_ADDRESS);
            default -> null;
        };
    }

    private <T> Answer<T> byStatus(Said said, HttpReply reply, Instant now) {
        boolean isThePlatform =
                said.errorCode().filter(code -> code.startsWith(PLATFORM)).isPresent();
        return switch (said.status()) {
            case 401 -> misconfigured(said, CHECK_KEY);
            case 403 -> isThePlatform ? new Answer.Refused<>(said) : misconfiguredFor(said, CHECK_RIGHTS);
            case 404 -> {
                if (!isThePlatform) {
                    yield misconfigured(said, CHECK_ADDRESS);
                }
                yield call.subject() == Call.Subject.PRODUCT ? new Answer.Absent<>(said) : new Answer.Refused<>(said);
            }
            case 405, 415 -> misconfigured(said, CHECK_ADDRESS);
            case 408, 425 -> unreachable(said);
            case 429 -> throttled(said, reply, now);
            default -> {
                if (said.status() < 400) {
                    yield misconfigured(said, CHECK_ADDRESS);
                }
                yield said.status() < 500 ? new Answer.Refused<>(said) : unreachable(said);
            }
        };
    }

    private static <T> Answer<T> throttled(Said said, HttpReply reply, Instant now) {
        return new Answer.Throttled<>(said, reply.retryAfter().flatMap(header -> RetryAfter.parse(header, now)));
    }

    private static <T> Answer<T> misconfigured(Said said, String hint) {
        return new Answer.Misconfigured<>("the application side answers " + said.describe() + hint, true);
    }

    /** Other kinds of calls may have what this one lacks. */
    private static <T> Answer<T> misconfiguredFor(Said said, String hint) {
        return new Answer.Misconfigured<>("the application side answers " + said.describe() + hint, false);
    }

    private static <T> Answer<T> unreachable(Said said) {
        return new Answer.Unreachable<>("the application side answers " + said.describe(), true);
    }

    private Said said(HttpReply reply, JsonNode tree) {
        if (reply.tooLong()) {
            return new Said(
                    reply.status(), Optional.empty(), "the answer has more than " + HttpReply.MAX_BODY + " bytes");
        }
        String code = tree.path("error_code").asString("");
        return new Said(
                reply.status(),
                Optional.of(code).filter(given -> ERROR_CODE.matcher(given).matches()),
                redaction.of(tree.path("error_msg").asString("")));
    }

    /** Missing if it is no JSON; null if it is JSON that cannot be used. */
    private static JsonNode tree(byte[] body) {
        try {
            return StrictJson.tree(body);
        } catch (StreamConstraintsException | DatabindException | NumberFormatException e) {
            return NullNode.getInstance();
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }
}
