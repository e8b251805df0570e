import "htmx.org";
import { listen as listenAway } from "./away.js";
import { listen as listenDialogs } from "./dialogs.js";
import { listen as listenForms } from "./forms.js";
import { listen as listenMarks } from "./marks.js";
import { listen as listenPage } from "./page.js";

listenPage();
// Before those that send forms: it sends its own.
listenMarks();
listenAway();
listenForms();
listenDialogs();
