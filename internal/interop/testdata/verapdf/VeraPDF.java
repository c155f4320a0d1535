// SPDX-License-Identifier: Apache-2.0

import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.List;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * A command line over veraPDF's library, for where the program itself is not
 * installed. It takes what the tests behind GOVSEAL_VERAPDF say to the program
 * (--flavour 2b --format text --verbose FILE...) and answers alike: a line a
 * file that begins with PASS or FAIL, and 1 when one failed.
 */
public class VeraPDF {
  public static void main(String[] args) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    String flavour = "2b";
    List<String> files = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--flavour" -> flavour = args[++i];
        case "--format" -> i++;
        case "--verbose" -> { }
        default -> files.add(args[i]);
      }
    }
    PDFAFlavour asked = PDFAFlavour.byFlavourId(flavour);
    boolean good = true;
    for (String file : files) {
      good &= check(file, asked);
    }
    System.exit(good ? 0 : 1);
  }

  private static boolean check(String file, PDFAFlavour flavour) throws Exception {
    try (FileInputStream in = new FileInputStream(file);
        PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour)) {
      ValidationResult r = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
      System.out.println((r.isCompliant() ? "PASS " : "FAIL ") + file + " " + flavour.getId());
      for (TestAssertion a : r.getTestAssertions()) {
        if (a.getStatus() == TestAssertion.Status.FAILED) {
          System.out.println("  " + a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber() + " "
              + a.getMessage() + " @ " + a.getLocation().getContext());
        }
      }
      return r.isCompliant();
    }
  }
}
