package io.iotdarelay.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which values fit a small model, what is counted, and what a dead letter says; never the value. */
class ValuesTest {

    private static Product product;

    @BeforeAll
    static void read(@TempDir Path directory) {
        product = SmallModels.product(directory, SmallModels.LIGHT_METER_UPLINK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        StreetLight | {"luminance":0}                             |
        StreetLight | {"luminance":65535}                         |
        StreetLight | {"state":"DIMMED"}                          | enum-list warned
        StreetLight | {"state":"AUTO"}                            |
        StreetLight | {"faultSince":"20261127T120000Z"}           |
        StreetLight | {"faultSince":"20261327T120000Z"}           | date-time warned
        StreetLight | {"faultSince":"20260230T120000Z"}           | date-time warned
        StreetLight | {"faultSince":"20261127T240000Z"}           | date-time warned
        StreetLight | {"faultSince":"20261127T126000Z"}           | date-time warned
        StreetLight | {"faultSince":"20261127T120060Z"}           | date-time warned
        StreetLight | {"faultSince":"20261127 120000Z"}           | date-time warned
        StreetLight | {"faultSince":"2026112:T120000Z"}           | date-time warned
        StreetLight | {"faultSince":"2026-11-27"}                 | date-time warned
        StreetLight | {}                                          | empty warned
        Meter       | {"temperature":21.5}                        | required warned
        Meter       | {"energyWh":1,"temperature":-40}            |
        Meter       | {"energyWh":1,"temperature":-40.0}          |
        Meter       | {"energyWh":1,"temperature":85.00}          |
        Meter       | {"energyWh":1,"temperature":21.55}          | step warned
        Meter       | {"energyWh":1,"temperature":21.6}           |
        Meter       | {"energyWh":9007199254740993}               |
        Meter       | {"energyWh":1,"tariffs":["a","b"]}          |
        Meter       | {"energyWh":1,"tariffs":[]}                 |
        Meter       | {"energyWh":1,"raw":{"x":[1]}}              |
        Meter       | {"energyWh":1,"tamper":true}                |
        Meter       | {"energyWh":1,"mode":"day"}                 |
        Meter       | {"energyWh":1,"setpoint":7}                 | method warned
        """)
    void fits(String service, String properties, String counted) {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.REJECT);

        assertThat(checker.sent(service, properties)).isEqualTo(properties);
        assertThat(checker.counted).isEqualTo(counted == null ? List.of() : List.of(counted));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        StreetLight | {"luminance":65536}                     | range            | StreetLight.luminance: number above max 65535
        StreetLight | {"luminance":-1}                        | range            | StreetLight.luminance: number below min 0
        StreetLight | {"luminance":12.5}                      | type             | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":12.0}                      | type             | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":1E2}                       | type             | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":"12"}                      | type             | StreetLight.luminance: expected int, got string
        StreetLight | {"luminance":true}                      | type             | StreetLight.luminance: expected int, got boolean
        StreetLight | {"luminance":null}                      | type             | StreetLight.luminance: expected int, got null
        StreetLight | {"luminance":2147483648}                | range            | StreetLight.luminance: number above max 65535
        StreetLight | {"luminance":99999999999999999999}      | range            | StreetLight.luminance: number beyond the 32 bits of int
        StreetLight | {"state":"MAINTENANCE"}                 | length           | StreetLight.state: string of 11 characters, max_length is 8
        StreetLight | {"state":1}                             | type             | StreetLight.state: expected string, got number
        StreetLight | {"faultSince":"2026-11-27T12:00:00Z"}   | length           | StreetLight.faultSince: string of 20 characters, max_length is 16
        StreetLight | {"faultSince":20261127}                 | type             | StreetLight.faultSince: expected DateTime, got number
        StreetLight | {"Luminance":5}                         | unknown-property | StreetLight: unknown property 'Luminance'; did you mean 'luminance'?
        StreetLight | {"lux":5}                               | unknown-property | StreetLight: unknown property 'lux'
        streetlight | {"luminance":5}                         | unknown-service  | unknown service 'streetlight'; did you mean 'StreetLight'?
        Meter | {"energyWh":1,"temperature":85.000000000000001} | range          | Meter.temperature: number above max 85.0
        Meter | {"energyWh":1,"temperature":-40.1}            | range            | Meter.temperature: number below min -40.0
        Meter | {"energyWh":1,"temperature":1E400000000}      | range            | Meter.temperature: number above max 85.0
        Meter | {"energyWh":1,"temperature":"21.5"}           | type             | Meter.temperature: expected decimal, got string
        Meter | {"energyWh":9007199254740994}                 | range            | Meter.energyWh: number above max 9007199254740993
        Meter | {"energyWh":1,"tamper":1}                     | type             | Meter.tamper: expected boolean, got number
        Meter | {"energyWh":1,"tamper":"true"}                | type             | Meter.tamper: expected boolean, got string
        Meter | {"energyWh":1,"tariffs":["a",1]}              | type             | Meter.tariffs: expected string list, got array with a number
        Meter | {"energyWh":1,"tariffs":[["a"]]}              | type             | Meter.tariffs: expected string list, got array with an array
        Meter | {"energyWh":1,"tariffs":"a,b"}                | type             | Meter.tariffs: expected string list, got string
        Meter | {"energyWh":1,"raw":[1]}                      | type             | Meter.raw: expected jsonObject, got array
        Meter | {"energyWh":1,"raw":null}                     | type             | Meter.raw: expected jsonObject, got null
        Meter | {"energyWh":1,"mode":"dusk"}                  | enum             | Meter.mode: string that is not one of the 2 in enum_list
        Meter | {"energyWh":1,"mode":1}                       | type             | Meter.mode: expected enum, got number
        Uplink | {"rssi":-71}                                 | range            | Uplink.rssi: number below min 0
        """)
    void doesNotFit(String service, String properties, String rule, String why) {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.REJECT);

        assertThat(checker.sent(service, properties)).isEqualTo("product product-1: " + why);
        assertThat(checker.counted).startsWith(rule + " rejected");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        StreetLight | {"state":"DIMMED"}                 | StreetLight.state: string that is not one of the 3 in enum_list
        StreetLight | {"faultSince":"2026-11-27"}        | StreetLight.faultSince: string that is not of the form 20151212T121212Z
        Meter       | {"temperature":21.5}               | Meter.energyWh: required, and not in the report
        Meter       | {"energyWh":1,"temperature":21.55} | Meter.temperature: number between two steps of 0.1
        Meter       | {"energyWh":1,"setpoint":7}        | Meter.setpoint: its method has no R
        """)
    void whatIsOnlyDescribedBindsWhereStrict(String service, String properties, String why) {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.STRICT);

        assertThat(checker.sent(service, properties)).isEqualTo("product product-1: " + why);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        StreetLight | {"luminance":12.0}                   | {"luminance":12}
        StreetLight | {"luminance":"12"}                   | {"luminance":12}
        StreetLight | {"luminance":"12.0"}                 | {"luminance":12}
        StreetLight | {"luminance":1E2}                    | {"luminance":100}
        StreetLight | {"luminance":0.0}                    | {"luminance":0}
        StreetLight | {"luminance":7}                      | {"luminance":7}
        Meter       | {"energyWh":"9007199254740993"}      | {"energyWh":9007199254740993}
        Meter       | {"energyWh":1,"temperature":"21.50"} | {"energyWh":1,"temperature":21.50}
        Meter       | {"energyWh":1,"temperature":"-4e1"}  | {"energyWh":1,"temperature":-4E+1}
        """)
    void convertsWithoutLossWhereAsked(String service, String properties, String sent) {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.COERCE);

        assertThat(checker.sent(service, properties)).isEqualTo(sent);
        assertThat(checker.counted).isEqualTo(sent.equals(properties) ? List.of() : List.of("type coerced"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        StreetLight | {"luminance":12.5}                    | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":"12.5"}                  | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":1E-400000000}            | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":1E400000000}             | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":99999999999999999999.0}  | StreetLight.luminance: expected int, got number with a fraction or an exponent
        StreetLight | {"luminance":"007"}                   | StreetLight.luminance: expected int, got string
        StreetLight | {"luminance":"+7"}                    | StreetLight.luminance: expected int, got string
        StreetLight | {"luminance":" 7"}                    | StreetLight.luminance: expected int, got string
        StreetLight | {"luminance":"1e9999"}                | StreetLight.luminance: expected int, got string
        StreetLight | {"luminance":""}                      | StreetLight.luminance: expected int, got string
        StreetLight | {"luminance":true}                    | StreetLight.luminance: expected int, got boolean
        StreetLight | {"luminance":"70000"}                 | StreetLight.luminance: number above max 65535
        StreetLight | {"state":1}                           | StreetLight.state: expected string, got number
        Meter       | {"energyWh":1,"tamper":"true"}        | Meter.tamper: expected boolean, got string
        Meter       | {"energyWh":1,"tamper":1}             | Meter.tamper: expected boolean, got number
        """)
    void convertsNothingThatMightMeanSomethingElse(String service, String properties, String why) {
        SmallModels.Checker checker = new SmallModels.Checker(product, Validation.COERCE);

        assertThat(checker.sent(service, properties)).isEqualTo("product product-1: " + why);
        assertThat(checker.counted).doesNotContain("type coerced");
    }
}
