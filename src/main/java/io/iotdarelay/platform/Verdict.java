package io.iotdarelay.platform;

import io.iotdarelay.telemetry.PlatformAnswer;
import java.time.Duration;
import java.util.Optional;

/**
 * What a response of the platform, or a missing one, means. One class for each kind of failure, by who is at fault; what
 * follows from it is decided elsewhere.
 */
public sealed interface Verdict {

    /** As in the metrics' label {@code outcome}. */
    String code();

    /** The platform's response; empty if there was none, or if it accepted the request. */
    default Optional<PlatformAnswer> answer() {
        return Optional.empty();
    }

    /** A short readable explanation. */
    default String describe() {
        return answer().map(said -> "HTTP " + said.status() + (said.errorCode() == null ? "" : " " + said.errorCode()))
                .orElse(code());
    }

    /** The platform responded with a refusal. */
    sealed interface Answered extends Verdict {

        PlatformAnswer said();

        @Override
        default Optional<PlatformAnswer> answer() {
            return Optional.of(said());
        }
    }

    /** 2xx, and the body is the platform's. */
    record Accepted() implements Verdict {
        @Override
        public String code() {
            return "accepted";
        }
    }

    /** The token is expired, superseded, revoked, or another device's. */
    record InvalidToken(PlatformAnswer said) implements Answered {
        @Override
        public String code() {
            return "invalid-token";
        }
    }

    /** The platform refuses the device's credentials: a wrong secret, or an unknown, deleted or frozen device. */
    record DeviceRefused(PlatformAnswer said) implements Answered {
        @Override
        public String code() {
            return "device-refused";
        }
    }

    /**
     * Too many requests.
     *
     * @param wholeTenant whether the tenant's limit is exceeded, not one device's
     * @param retryAfter how long the platform asks to wait
     */
    record Throttled(PlatformAnswer said, boolean wholeTenant, Optional<Duration> retryAfter) implements Answered {
        @Override
        public String code() {
            return "throttled";
        }
    }

    /**
     * No response, or one that means that the platform is failing. The request may still have been processed.
     *
     * @param why a readable explanation
     * @param retryAfter how long the platform asks to wait
     */
    record Unavailable(String why, Optional<PlatformAnswer> answer, Optional<Duration> retryAfter) implements Verdict {
        @Override
        public String describe() {
            return why;
        }

        @Override
        public String code() {
            return "unavailable";
        }
    }

    /**
     * The other side did not prove to be the platform, which only a wrong configuration explains: an untrusted certificate, or no
     * TLS; or a proxy refuses the relay. Nothing was sent.
     *
     * @param why a readable explanation
     */
    record Misconfigured(String why, Optional<PlatformAnswer> answer) implements Verdict {
        @Override
        public String describe() {
            return why;
        }

        @Override
        public String code() {
            return "misconfigured";
        }
    }

    /**
     * A response that a wrong address would cause: a redirect, 404, 405, 415, or a success that is not the platform's. Nothing was
     * processed. Only other devices' requests show whether the address or the device is at fault.
     *
     * @param why a readable explanation
     */
    record Misaddressed(String why, PlatformAnswer said) implements Answered {
        @Override
        public String describe() {
            return why;
        }

        @Override
        public String code() {
            return "misconfigured";
        }
    }

    /**
     * The platform itself answered, with something that concerns this device alone and may pass.
     *
     * @param why a readable explanation
     */
    record DeviceTrouble(String why, PlatformAnswer said) implements Answered {
        @Override
        public String describe() {
            return why;
        }

        @Override
        public String code() {
            return "device-trouble";
        }
    }

    /** A gateway's batch contains a child that the platform does not know under this gateway. Nothing was accepted. */
    record ChildRejected(PlatformAnswer said) implements Answered {
        @Override
        public String code() {
            return "child-rejected";
        }
    }

    /** The request is too large, or contains too many child devices. Nothing was accepted. */
    record TooLarge(PlatformAnswer said) implements Answered {
        @Override
        public String code() {
            return "too-large";
        }
    }

    /** An undocumented refusal; it may be temporary. */
    record Forbidden(PlatformAnswer said) implements Answered {
        @Override
        public String code() {
            return "forbidden";
        }
    }

    /** The request itself is invalid, and will stay so. */
    record Invalid(PlatformAnswer said) implements Answered {
        @Override
        public String code() {
            return "invalid";
        }
    }
}
