package io.iotdarelay.simulator;

/** The errors that the documents list, with their texts as far as those are known. */
public final class Errors {

    private Errors() {}

    public static Reply invalidInput() {
        return Reply.error(400, "IOTDA.000006", "Invalid input data.");
    }

    public static Reply authenticationFailed() {
        return Reply.error(401, "IOTDA.000002", "Authentication failed.");
    }

    public static Reply invalidToken() {
        return Reply.error(403, "IOTDA.000004", "Invalid access token.");
    }

    public static Reply rateLimit() {
        return Reply.error(403, "IOTDA.021101", "Request reached the maximum rate limit.");
    }

    public static Reply tenantRateLimit(long limit) {
        return Reply.error(
                403,
                "IOTDA.021102",
                "The request rate has reached the upper limit of the tenant, limit " + limit + ".");
    }

    public static Reply tooManyChildren(int limit) {
        return Reply.error(
                403,
                "IOTDA.021103",
                "The number of subdevices in the request exceeds the upper limit (" + limit + ").");
    }

    public static Reply foreignChild() {
        return Reply.error(
                400, "IOTDA.021104", "Subdevices in the request does not exist or does not belong to the gateway.");
    }

    public static Reply tooLarge() {
        return Reply.error(403, "IOTDA.021105", "The content reported in a single request cannot exceed 1 MB.");
    }

    /** As {@link #invalidInput()}, with what is wrong. */
    static Reply invalidInput(String what) {
        return Reply.error(400, "IOTDA.000006", "Invalid input data. " + what);
    }

    static Reply deviceExists() {
        return Reply.error(400, "IOTDA.014031", "The device already exists.");
    }

    static Reply noSuchDevice() {
        return Reply.error(404, "IOTDA.014000", "The device does not exist.");
    }

    /** The status is known; the code is made up after that of devices. */
    static Reply noSuchProduct() {
        return Reply.error(404, "IOTDA.013000", "The product does not exist.");
    }

    static Reply noSuchSpace() {
        return Reply.error(403, "IOTDA.001000", "The resource space does not exist.");
    }

    static Reply notSubscribed() {
        return Reply.error(403, "IOTDA.000021", "Operation not allowed. The user has not subscribed to the service.");
    }

    static Reply noSuchPath() {
        return Reply.error(404, "IOTDA.000029", "The requested resource does not exist.");
    }
}
